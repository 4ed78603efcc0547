import { readFileSync } from 'node:fs'

/**
 * Numbers of the capabilities that the launcher has, include/uapi/linux/capability.h: to listen, to join interfaces, and one
 * that does next to nothing. QEMU runs as the same user and lacks that one, so it may not look into the launcher: for that
 * it would need all that the launcher has, ptrace(2).
 */
const CAPABILITIES = { CAP_FSETID: 4, CAP_NET_BIND_SERVICE: 10, CAP_NET_ADMIN: 12 } as const

/** All that it has. */
export const KEPT_CAPABILITIES: readonly number[] = Object.values(CAPABILITIES)

export type Capability = keyof typeof CAPABILITIES

/** What this process may do. */
export interface Privileges {
  uid: number
  gid: number
  can(capability: Capability): boolean
}

/** Reads the effective user and capabilities from the text of /proc/self/status, proc(5). */
export const readPrivileges = (status = readFileSync('/proc/self/status', 'utf8')): Privileges => {
  const effective = (name: string) => Number(new RegExp(`^${name}:\\s+\\d+\\s+(\\d+)`, 'm').exec(status)![1])
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)![1]}`)
  return {
    uid: effective('Uid'),
    gid: effective('Gid'),
    can: (capability) => ((capabilities >> BigInt(CAPABILITIES[capability])) & 1n) === 1n,
  }
}
