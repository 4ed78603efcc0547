import { createHash, createHmac, randomBytes } from 'node:crypto'
import { closeSync, createReadStream, type PathLike, readSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { openRegular } from './regular.ts'

/** Bytes that are read at once. */
const CHUNK = 1 << 20

/** The sha256 of a text or bytes, in hex. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The HMAC-SHA256 (RFC 2104) of a text, in hex: without the key nobody can try out what the text may be. */
export const keyedDigest = (key: string, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex')

/** The sha256 of a file's content, in hex. Throws FILE_UNREADABLE. */
export const sha256File = async (path: string, signal?: AbortSignal): Promise<string> => {
  const hash = createHash('sha256')
  const { descriptor: fd } = openRegular(path)
  await pipeline(createReadStream('', { fd, highWaterMark: CHUNK }), hash, { ...(signal && { signal }) })
  return hash.digest('hex')
}

/** The same, at once; a file of any size takes little memory. Throws FILE_UNREADABLE. */
export const sha256FileSync = (path: PathLike): string => {
  const hash = createHash('sha256')
  const { descriptor, stats } = openRegular(path)
  try {
    // one byte more shows at once that it has ended
    const buffer = Buffer.allocUnsafe(Math.min(stats.size + 1, CHUNK))
    for (let bytes = readSync(descriptor, buffer); bytes > 0; bytes = readSync(descriptor, buffer))
      hash.update(buffer.subarray(0, bytes))
  } finally {
    closeSync(descriptor)
  }
  return hash.digest('hex')
}

/** The HMAC-SHA1 of a text, as known_hosts files hide host names by. */
export const hmacSha1 = (key: Uint8Array, text: string): Buffer =>
  createHmac('sha1', key).update(text).digest()

/** A running sha256, for data that passes through. */
export const sha256Stream = () => createHash('sha256')

/** Random bytes in hex; nobody can guess them. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** A name that nobody else uses. */
export const randomName = (): string => randomHex(8)
