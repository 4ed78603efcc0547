import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { StepRecord } from './record.ts'

/** The directory of the store: ANTIDOTE_CACHE_DIR, else the user's cache directory. */
export const storeDirectory = (env = process.env): string =>
  resolve(env.ANTIDOTE_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'antidote'))

/** A record as it stands in a store, or undefined; nothing of the entry is checked. */
export const readRecord = async (directory: string, key: string): Promise<StepRecord | undefined> => {
  try {
    const record = JSON.parse(
      await readFile(join(directory, 'steps', key, 'record.json'), 'utf8'),
    ) as StepRecord
    return record.version === 1 && record.key === key ? record : undefined
  } catch {
    return undefined
  }
}
