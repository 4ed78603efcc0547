import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'

const PRIVATE = 0o700

/** Takes away what others may do in a directory. */
const close = async (directory: string): Promise<void> => {
  const { mode } = await stat(directory)
  if (mode & 0o077) await chmod(directory, mode & PRIVATE)
}

/**
 * Keeps a store from everybody else: trees in it hold programs that run as root for whoever starts them, and its records and
 * logs are nobody's business. The directory itself is closed where there is nothing but the store in it, and its parts always.
 * Throws STORE_FOREIGN where it is another user's.
 */
export const closeStore = async (directory: string, parts: readonly string[]): Promise<void> => {
  const { uid, mode } = await stat(directory)
  const own = process.getuid?.() ?? uid
  if (own !== 0 && uid !== own) throw errors.storeForeign(directory, uid)
  const entries = await readdir(directory)
  for (const part of parts) if (entries.includes(part)) await close(join(directory, part))
  const shared = (mode & 0o1000) !== 0 || entries.some((name) => !parts.includes(name))
  if (!shared) await close(directory)
}
