import { realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'

/** Who runs a config: whose files are as good as one's own. */
export interface Runner {
  uids: ReadonlySet<number>
  gids: ReadonlySet<number>
  /** Directories whose configs are run whoever owns them; "*" is all. */
  trusted: readonly string[]
}

/** This process: its user, root, and the user who has become root with sudo. */
export const thisRunner = (env: NodeJS.ProcessEnv = process.env): Runner => {
  const uid = process.getuid?.() ?? 0
  const behind = uid === 0 && env.SUDO_UID ? [Number(env.SUDO_UID)] : []
  const behindGroup = uid === 0 && env.SUDO_GID ? [Number(env.SUDO_GID)] : []
  return {
    uids: new Set([0, uid, ...behind]),
    gids: new Set([0, process.getgid?.() ?? 0, ...behindGroup]),
    trusted: (env.ANTIDOTE_TRUST ?? '').split(':').filter(Boolean),
  }
}

/** The directories that lead to a path, and the path itself, the nearest first. */
const chain = (path: string): string[] => {
  const above = dirname(path)
  return above === path ? [path] : [path, ...chain(above)]
}

const real = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}

const isTrusted = (path: string, { trusted }: Runner): boolean =>
  trusted.some((one) => one === '*' || path === real(one) || path.startsWith(join(real(one), '/')))

/** Who else could have put something else there; undefined where nobody could. */
const stranger = (path: string, { uids, gids }: Runner): string | undefined => {
  const { uid, gid, mode } = statSync(path)
  if (!uids.has(uid)) return `belongs to another user, ${uid}`
  // in a sticky directory, like /tmp, nobody replaces what is another's
  if (mode & 0o1000) return undefined
  if (mode & 0o002) return 'can be written by every user'
  return mode & 0o020 && !gids.has(gid) ? `can be written by the group ${gid}` : undefined
}

/**
 * Refuses to run a config that another user wrote or could replace: a config is a program. What is looked at is the file and
 * every directory above it, as it is named and where its links lead. Throws CONFIG_FOREIGN.
 */
export const checkTrust = (file: string, runner = thisRunner()): void => {
  const target = real(file)
  if (isTrusted(target, runner)) return
  for (const path of new Set([...chain(target), ...chain(dirname(resolve(file)))])) {
    const reason = stranger(path, runner)
    if (reason) throw errors.configForeign(file, path, reason, dirname(target))
  }
}
