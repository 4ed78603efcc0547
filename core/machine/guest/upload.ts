import { closeSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { openRegular, reading } from '../../base/files/regular.ts'
import { archiveOf, contentOf, modesOf } from './archive.ts'
import { type Placing, placing, unpacking } from './files.ts'
import type { UploadOptions } from './guest.ts'

/** Bytes that are passed on at once: of many small files, a piece each would take longer than the rest. */
const CHUNK = 1 << 18

/** Something of the host on its way into a guest. */
interface Upload extends Placing {
  readonly input: Readable
  /** What went wrong on this side; the guest only sees that its input broke off. */
  failure(): unknown
}

/** Reads what a generator gives, in larger pieces; ends where it throws. */
const readerOf = (parts: Generator<Buffer>): Pick<Upload, 'input' | 'failure'> => {
  let failed: unknown
  async function* pieces() {
    let waiting: Buffer[] = []
    let bytes = 0
    try {
      for (const part of parts) {
        waiting.push(part)
        bytes += part.length
        if (bytes < CHUNK) continue
        yield Buffer.concat(waiting)
        waiting = []
        bytes = 0
      }
    } catch (error) {
      failed = error
      return
    }
    if (bytes > 0) yield Buffer.concat(waiting)
  }
  return { input: Readable.from(pieces(), { objectMode: false }), failure: () => failed }
}

/** Begins to read a file or a directory of the host. Throws FILE_UNREADABLE. */
const openUpload = (from: string, to: string, options: UploadOptions): Upload => {
  const { mode, owner, keepModes } = options
  const stats = reading(from, () => statSync(from))
  if (stats.isDirectory()) return { ...unpacking(to, options), ...readerOf(archiveOf(from, keepModes)) }
  const file = openRegular(from)
  const attributes = { mode: mode ?? modesOf(keepModes)(file.stats), ...(owner !== undefined && { owner }) }
  const reader = readerOf(contentOf(from, file))
  reader.input.once('close', () => closeSync(file.descriptor))
  return { ...placing(to, attributes, { name: basename(from), size: file.stats.size }), ...reader }
}

/**
 * Copies a file or a directory of the host to `to`, where `place` passes its bytes to the guest. Throws what `place` throws,
 * and FILE_UNREADABLE.
 */
export const upload = async (
  from: string,
  to: string,
  options: UploadOptions,
  place: (upload: Upload, input: Readable) => Promise<void>,
): Promise<void> => {
  const opened = openUpload(from, to, options)
  try {
    await place(opened, opened.input)
  } catch (error) {
    throw opened.failure() ?? error
  } finally {
    opened.input.destroy()
  }
}
