import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { formatBytes } from '../bytes.ts'
import { sha256File } from '../digest.ts'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../errors/error.ts'
import { fullDisk } from './full.ts'
import type { Store } from './store.ts'

/** Attempts in a row that bring nothing; one that brought something is not counted, however long a bad line takes. */
const ATTEMPTS = 4

/** How often the progress of a file is told whose size the server does not say, in bytes. */
const UNSIZED = 64 * 1024 * 1024

/** How a download is watched. */
export interface DownloadOptions {
  signal?: AbortSignal
  onProgress?: (text: string) => void
}

/**
 * Fetches a file once by its sha256 and gives its path; a broken transfer goes on where it stopped.
 * Throws DOWNLOAD_FAILED, or CHECKSUM_MISMATCH, after which nothing of the file is kept.
 */
export const download = async (
  store: Store,
  { url, sha256 }: { url: string; sha256: string },
  options: DownloadOptions = {},
): Promise<string> => {
  const target = join(store.directory, 'downloads', sha256.toLowerCase())
  const held = await store.lock(`download-${sha256.toLowerCase()}`, { signal: options.signal })
  try {
    if (existsSync(target)) {
      if ((await sha256File(target, options.signal)) === sha256.toLowerCase()) return target
      await rm(target)
    }
    const partial = `${target}.part`
    await fetchResuming(url, partial, options)
    const got = await sha256File(partial, options.signal)
    if (got !== sha256.toLowerCase()) {
      await rm(partial)
      throw errors.checksumMismatch(url, sha256, got)
    }
    await rename(partial, target)
    return target
  } finally {
    await held?.release()
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

const fetchResuming = async (url: string, partial: string, options: DownloadOptions): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    const had = await sizeOf(partial)
    try {
      return await fetchOnce(url, partial, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      const named = await fullDisk(dirname(partial), error)
      // an answer is final; a broken line is not
      if (isAntidoteError(named)) throw named
      if ((await sizeOf(partial)) > had) attempt = 0
      if (attempt === ATTEMPTS) throw errors.downloadFailed(url, messageOf((error as Error).cause ?? error))
    }
  }
}

/** Tells every tenth of a file, or what there is of it where nobody knows how large it is. */
const progress = (
  url: string,
  total: number | undefined,
  say: (text: string) => void = () => {},
): ((bytes: number) => void) => {
  let told = 0
  return (bytes) => {
    const steps = Math.floor(total === undefined ? bytes / UNSIZED : (bytes * 10) / Math.max(total, 1))
    if (steps <= told) return
    told = steps
    say(
      total === undefined
        ? `${url}: ${formatBytes(bytes)}`
        : `${url}: ${Math.floor((bytes / total) * 100)} % of ${formatBytes(total)}`,
    )
  }
}

const fetchOnce = async (
  url: string,
  partial: string,
  { signal, onProgress }: DownloadOptions,
): Promise<void> => {
  const have = await sizeOf(partial)
  const response = await fetch(url, {
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
    ...(signal && { signal }),
  })
  if (response.status === 416) return
  if (!response.ok) throw errors.downloadFailed(url, `the server answered ${response.status}`)
  const resumed = response.status === 206
  const length = response.headers.get('content-length')
  let done = resumed ? have : 0
  const tell = progress(url, length === null ? undefined : Number(length) + done, onProgress)
  const watch = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      done += chunk.length
      tell(done)
      yield chunk
    }
  }
  await pipeline(
    Readable.fromWeb(response.body as never),
    watch,
    createWriteStream(partial, { flags: resumed ? 'a' : 'w' }),
  )
}
