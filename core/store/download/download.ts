import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { sha256File } from '../../base/files/digest.ts'
import { fullDisk } from '../full.ts'
import type { Store } from '../store.ts'
import { TooSlow } from './pace.ts'
import { type DownloadOptions, sizeOf, transfer } from './transfer.ts'

export type { DownloadOptions } from './transfer.ts'

/** Attempts in a row that bring nothing; one that brought something is not counted, however long a bad line takes. */
const ATTEMPTS = 4

/** Bytes that count as something: a server that breaks off after less would be asked for ever. */
const SOMETHING = 16 * 1024

/** A file of the network. */
export interface FileToFetch {
  /** http or https. */
  url: string
  sha256: string
  /** In bytes: nothing larger is fetched. */
  size?: number
}

/**
 * Fetches a file once by its sha256 and gives its path; a broken transfer is resumed where it stopped.
 * Throws DOWNLOAD_FAILED, STORE_FULL, or CHECKSUM_MISMATCH, after which nothing of the file is kept.
 */
export const download = async (
  store: Store,
  { url, sha256, size }: FileToFetch,
  watched: DownloadOptions = {},
): Promise<string> => {
  const options = { ...watched, ...(size !== undefined && { size }) }
  const target = join(store.directory, 'downloads', sha256.toLowerCase())
  const partial = `${target}.part`
  const held = await store.lock(`download-${sha256.toLowerCase()}`, { signal: options.signal })
  try {
    if (existsSync(target)) {
      if ((await sha256File(target, options.signal)) === sha256.toLowerCase()) return target
      await rm(target)
    }
    for (;;) {
      const kept = await sizeOf(partial)
      await fetchResuming(url, partial, options)
      const got = await sha256File(partial, options.signal)
      if (got === sha256.toLowerCase()) break
      await rm(partial)
      // what was kept may have been another file's beginning
      if (kept === 0) throw errors.checksumMismatch(url, sha256, got)
    }
    await rename(partial, target)
    return target
  } finally {
    // what came is resumed by the next download, or removed by `antidote clean`
    if ((await sizeOf(partial)) === 0) await rm(partial, { force: true })
    await held?.release()
  }
}

const fetchResuming = async (url: string, partial: string, options: DownloadOptions): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const had = await sizeOf(partial)
    try {
      return await transfer(url, partial, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      const named = await fullDisk(dirname(partial), error)
      // an answer is final; a broken line is not
      if (isAntidoteError(named)) throw named
      const brought = (await sizeOf(partial)) - had
      if (brought >= SOMETHING && !(error instanceof TooSlow)) attempt = 0
      if (attempt === ATTEMPTS) throw errors.downloadFailed(url, messageOf((error as Error).cause ?? error))
    }
  }
}
