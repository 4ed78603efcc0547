import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'

/** The mount that a path is on: proc_pid_mountinfo(5). */
const mountOf = (path: string, mounts: string): { point: string; type: string } | undefined =>
  mounts
    .split('\n')
    .map((line) => {
      const [before = '', after = ''] = line.split(' - ')
      return { point: before.split(' ')[4] ?? '', type: after.split(' ')[0] ?? '' }
    })
    .filter(({ point }) => path === point || path.startsWith(`${point}/`))
    .sort((a, b) => b.point.length - a.point.length)[0]

/**
 * Makes a device usable by a user that is not ours. Gives the group that the user needs for it, if it needs one.
 * A node that only root may open is opened to all where it is the container's own; a node of the host's stays as
 * it is.
 */
export const admit = (device: string, uid: number, mounts?: string): number | undefined => {
  if (!existsSync(device) || uid === process.geteuid!()) return undefined
  const { mode, gid, uid: owner } = statSync(device)
  if ((mode & 0o006) === 0o006) return undefined
  if ((mode & 0o060) === 0o060 && gid !== 0) return gid
  const mount = mountOf(device, mounts ?? readFileSync('/proc/self/mountinfo', 'utf8'))
  if (owner === process.geteuid!() && mount?.point !== device && mount?.type !== 'devtmpfs')
    chmodSync(device, 0o666)
  return undefined
}
