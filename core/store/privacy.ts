import type { Stats } from 'node:fs'
import { chmod, lstat, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { trustedUsers } from './users.ts'

const PRIVATE = 0o700

/** Takes away what others may do in a directory. */
const close = async (directory: string): Promise<void> => {
  const { mode } = await stat(directory)
  if (mode & 0o077) await chmod(directory, mode & PRIVATE)
}

/** What is at a path, and where a link there leads. Throws STORE_FOREIGN where another user may replace it. */
const checkOwner = async (path: string): Promise<Stats> => {
  const status = await stat(path)
  const own = process.getuid?.() ?? status.uid
  // an ordinary user writes nothing into what is root's
  const users = own === 0 ? trustedUsers() : new Set([own])
  for (const { uid } of [await lstat(path), status]) if (!users.has(uid)) throw errors.storeForeign(path, uid)
  return status
}

/**
 * Keeps a store from everybody else: trees in it hold programs that run as root for whoever starts them, and its records and
 * logs are nobody's business. The directory itself is closed where there is nothing but the store in it, and its parts always.
 * Throws STORE_FOREIGN where it or a part of it is another user's.
 */
export const closeStore = async (directory: string, parts: readonly string[]): Promise<void> => {
  const { mode } = await checkOwner(directory)
  const entries = await readdir(directory)
  for (const part of parts.filter((name) => entries.includes(name))) {
    const path = join(directory, part)
    await checkOwner(path)
    await close(path)
  }
  const shared = (mode & 0o1000) !== 0 || entries.some((name) => !parts.includes(name))
  if (!shared) await close(directory)
}
