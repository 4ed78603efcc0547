/** Whose files and processes are as good as one's own: this user, root, and the user who became root with sudo. */
export const trustedUsers = (): ReadonlySet<number> => {
  const own = process.getuid?.() ?? 0
  const { SUDO_UID: behind } = process.env
  return new Set([0, own, ...(own === 0 && behind ? [Number(behind)] : [])])
}
