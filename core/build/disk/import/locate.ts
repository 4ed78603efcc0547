import { closeSync, statSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { errors } from '../../../base/errors/catalogue.ts'
import { sha256Stream } from '../../../base/files/digest.ts'
import { openRegular } from '../../../base/files/regular.ts'
import { readTelling } from './progress.ts'
import type { DiskSource, ImageFile, ImportStep } from './types.ts'

const found = async (step: ImportStep, path: string): Promise<string> => {
  const file = resolve(step.directory, path)
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats || stats.isDirectory()) throw errors.diskImageMissing(path)
  closeSync(openRegular(file).descriptor)
  // a link's own directory may be out of a command's sight
  return realpath(file)
}

/** The sha256 of a file by its path from the step's directory. Throws DISK_IMAGE_MISSING and FILE_UNREADABLE. */
export const sumOf = async (step: ImportStep, path: string): Promise<string> => {
  const file = await found(step, path)
  const { log, signal } = step
  const hash = sha256Stream()
  await pipeline(await readTelling(log, file, path, 'checked'), hash, { signal })
  return hash.digest('hex')
}

/**
 * The file that a source names, checked and fetched, with its sum where that is wanted or known. Throws
 * DISK_IMAGE_MISSING, FILE_UNREADABLE, CHECKSUM_MISMATCH, DOWNLOAD_FAILED.
 */
export const locate = async (
  step: ImportStep,
  { path, url, sha256, size, redistributable, extents = [] }: DiskSource,
): Promise<ImageFile & { sha256?: string }> => {
  if (url !== undefined) {
    const name = basename(new URL(url).pathname) || url
    const fetched = await step.download({ url, sha256: sha256!, ...(size !== undefined && { size }) })
    return { path: fetched, name, extents: [], sha256: sha256! }
  }
  const file = await found(step, path!)
  const summed = sha256 !== undefined || redistributable === false
  const sum = summed ? await sumOf(step, path!) : undefined
  if (sha256 !== undefined && sum !== sha256.toLowerCase()) throw errors.checksumMismatch(path!, sha256, sum!)
  const others = await Promise.all(extents.map((extent) => found(step, extent)))
  const stray = others.find((other) => join(dirname(file), basename(other)) !== other)
  if (stray) throw errors.diskRefused(path!, `its extent ${stray} is not in the same directory`)
  return { path: file, name: basename(path!), extents: others, ...(sum && { sha256: sum }) }
}
