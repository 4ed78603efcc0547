import { existsSync, linkSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { randomHex, randomName } from '../base/files/digest.ts'
import { readText } from '../base/files/regular.ts'

/** The file of a store that has its key. */
export const SECRET_KEY = 'secret-key'

/** Letters: fewer could be found by trying. */
const LEAST = 32

/** For a store that nobody has opened yet: it has no result that a key could meet. */
const passing = randomHex(32)

/**
 * The key of a store, with which secrets are digested: ANTIDOTE_SECRET_KEY, which several hosts may share, else the store's
 * own. Throws SECRET_KEY_SHORT and FILE_UNREADABLE.
 */
export const secretKey = (directory: string, env = process.env): string => {
  const { ANTIDOTE_SECRET_KEY: shared } = env
  const file = join(directory, SECRET_KEY)
  const key = shared || (existsSync(file) ? readText(file).trim() : passing)
  if (key.length < LEAST) throw errors.secretKeyShort(shared ? 'ANTIDOTE_SECRET_KEY' : file, LEAST)
  return key
}

/** Gives a store its key where it has none, for its owner alone. Of several who do so at once, one does. */
export const makeSecretKey = (directory: string): void => {
  const file = join(directory, SECRET_KEY)
  if (existsSync(file)) return
  // not in `tmp`, which `clean` sweeps
  const draft = join(directory, 'locks', `key-${randomName()}`)
  writeFileSync(draft, `${randomHex(32)}\n`, { mode: 0o600, flag: 'wx', flush: true })
  try {
    // unlike a rename, it replaces nothing
    linkSync(draft, file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    // a file system without hard links
    renameSync(draft, file)
  } finally {
    if (existsSync(draft)) unlinkSync(draft)
  }
}
