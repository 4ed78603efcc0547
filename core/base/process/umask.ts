import { existsSync, statSync } from 'node:fs'
import { chmod } from 'node:fs/promises'

/** What new files of a build are made with: whoever runs it gets the same bytes. */
const FIXED = 0o022

let callers = FIXED

/** Sets the umask of this process and of all that it starts; what the caller had is for what is given to the caller. */
export const fixUmask = (): void => {
  callers = process.umask(FIXED)
}

/**
 * Has files or directories outside of the store written, which are the caller's: those that are new get the mode of the
 * caller's umask.
 */
export const asCaller = async <T>(
  paths: readonly (string | undefined)[],
  write: () => Promise<T>,
): Promise<T> => {
  const fresh = paths.filter((path) => path !== undefined && path !== '' && !existsSync(path))
  const written = await write()
  for (const path of fresh) {
    const stats = statSync(path!, { throwIfNoEntry: false })
    if (stats) await chmod(path!, (stats.isDirectory() ? 0o777 : 0o666) & ~callers)
  }
  return written
}
