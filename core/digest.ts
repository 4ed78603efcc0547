import { createHash, randomBytes } from 'node:crypto'
import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'

/** The sha256 of a text or bytes, in hex. */
export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** The sha256 of a file's content, in hex. */
export const sha256File = async (path: string, signal?: AbortSignal): Promise<string> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash, { ...(signal && { signal }) })
  return hash.digest('hex')
}

/** The same, at once; a file of any size takes little memory. */
export const sha256FileSync = (path: string): string => {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(1 << 20)
  const file = openSync(path, 'r')
  try {
    for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer))
      hash.update(buffer.subarray(0, bytes))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex')
}

/** A running sha256, for data that passes through. */
export const sha256Stream = () => createHash('sha256')

/** Random bytes in hex; nobody can guess them. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** A name that nobody else uses. */
export const randomName = (): string => randomHex(8)
