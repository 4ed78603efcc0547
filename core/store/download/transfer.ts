import { createWriteStream } from 'node:fs'
import { rm, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { errors } from '../../base/errors/catalogue.ts'
import { formatBytes } from '../../base/text/bytes.ts'
import { type LeastSpeed, Pace } from './pace.ts'
import { requestFile } from './request.ts'

/** Bytes between two progress reports where the server does not say the size. */
const UNSIZED = 64 * 1024 * 1024

/** What a file whose size nobody says leaves free on the disk of the store, in bytes. */
const LEFT_FREE = 1024 ** 3

/** How a download is watched and bounded. */
export interface DownloadOptions {
  signal?: AbortSignal
  onProgress?: (text: string) => void
  /** Of the file, in bytes: nothing larger is fetched. */
  size?: number | undefined
  /** Below this an attempt ends; 1 kB a second if left out. */
  least?: LeastSpeed
  /** Free bytes where the file goes; looked up if left out. */
  room?: number
}

/** Bytes of a file, 0 where there is none. */
export const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  )

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

/**
 * How large a file may get, checked before anything of it is written. Throws DOWNLOAD_FAILED where the server's size is
 * not the one that is known, and STORE_FULL where the file does not fit.
 */
const boundOf = async (
  url: string,
  partial: string,
  have: number,
  told: number | undefined,
  { size, room }: DownloadOptions,
): Promise<number> => {
  if (size !== undefined && told !== undefined && told !== size)
    throw errors.downloadFailed(url, `the server has ${told} bytes of it, and it is to have ${size}`)
  const directory = dirname(partial)
  const { bavail, bsize } = await statfs(directory)
  const free = room ?? bavail * bsize
  const total = size ?? told
  if (total === undefined) return Math.max(have + free - LEFT_FREE, 0)
  if (total - have > free) throw errors.storeFull(directory)
  return total
}

/** What an answer says of the part that it brings: where it begins, and how large the whole is. */
const rangeOf = (header: string | undefined): { start?: number; total?: number } => {
  const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(?:(\d+)|\*)$/.exec(header ?? '') ?? []
  return {
    ...(start !== undefined && { start: Number(start) }),
    ...(total !== undefined && { total: Number(total) }),
  }
}

/** A part that is not the beginning of the file is of no use, however it came here. */
const startOver = async (partial: string, reason: string): Promise<never> => {
  await rm(partial, { force: true })
  throw new Error(reason)
}

/**
 * Fetches what is missing of a file, once. Throws DOWNLOAD_FAILED and STORE_FULL for what another attempt would not
 * change, anything else for a line that broke or is too slow.
 */
export const transfer = async (url: string, partial: string, options: DownloadOptions): Promise<void> => {
  const have = await sizeOf(partial)
  const pace = new Pace(options.least)
  const signal = AbortSignal.any([pace.signal, ...(options.signal ? [options.signal] : [])])
  try {
    const response = await requestFile(url, have > 0 ? { range: `bytes=${have}-` } : {}, signal)
    const { statusCode, headers } = response
    const { start = have, total } = rangeOf(headers['content-range'])
    if (statusCode === 416 && have > 0) {
      response.destroy()
      // all of it is there, or more than all
      if (total === undefined || total === have) return
      return await startOver(partial, 'the server has less of it than was kept')
    }
    if (statusCode !== 200 && statusCode !== 206) {
      response.destroy()
      throw errors.downloadFailed(url, `the server answered ${statusCode}`)
    }
    const resumed = statusCode === 206 && have > 0
    if (resumed && start !== have) {
      response.destroy()
      return await startOver(partial, 'the server sends another part than it was asked for')
    }
    const length = headers['content-length']
    let done = resumed ? have : 0
    const told = length === undefined ? undefined : Number(length) + done
    const bound = await boundOf(url, partial, done, told, options).catch((error: unknown) => {
      response.destroy()
      throw error
    })
    const tell = progress(url, told, options.onProgress)
    const watch = async function* (source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        pace.count(chunk.length)
        done += chunk.length
        if (done > bound)
          throw errors.downloadFailed(url, `more than ${formatBytes(bound)} come, ${whoseBound(options)}`)
        tell(done)
        yield chunk
      }
    }
    try {
      await pipeline(response, watch, createWriteStream(partial, { flags: resumed ? 'a' : 'w' }), { signal })
    } catch (error) {
      // of no use for another attempt
      if (done > bound) await rm(partial, { force: true })
      throw error
    }
  } catch (error) {
    throw pace.signal.aborted ? pace.signal.reason : error
  } finally {
    pace.end()
  }
}

const whoseBound = ({ size }: DownloadOptions): string =>
  size === undefined ? 'which do not fit on the disk of the store' : 'which is its size'
