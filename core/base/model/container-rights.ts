/** QEMU's own account in the runtime layer's /etc/passwd; Debian's number for it. */
export const QEMU_USER = 64055

/**
 * Numbers of the capabilities that the launcher has, include/uapi/linux/capability.h: to listen, to join interfaces, and one
 * that does next to nothing. QEMU runs as the same user and lacks that one, so it may not look into the launcher: for that
 * it would need all that the launcher has, ptrace(2).
 */
export const CAPABILITIES = { CAP_FSETID: 4, CAP_NET_BIND_SERVICE: 10, CAP_NET_ADMIN: 12 } as const

/** All that it has. */
export const KEPT_CAPABILITIES: readonly number[] = Object.values(CAPABILITIES)
