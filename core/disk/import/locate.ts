import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { sha256Stream } from '../../digest.ts'
import { errors } from '../../errors/catalogue.ts'
import type { Step } from '../../lifecycle/step.ts'
import { readTelling } from './progress.ts'
import type { DiskSource, ImageFile } from './types.ts'

const found = async (step: Step, path: string): Promise<string> => {
  const file = resolve(step.directory, path)
  const status = await stat(file).catch(() => undefined)
  if (!status?.isFile()) throw errors.diskImageMissing(path)
  // a link's own directory may be out of a command's sight
  return realpath(file)
}

/** The file that a source names, checked and fetched. Throws DISK_IMAGE_MISSING, CHECKSUM_MISMATCH, DOWNLOAD_FAILED. */
export const locate = async (
  step: Step,
  { path, url, sha256, extents = [] }: DiskSource,
): Promise<ImageFile> => {
  if (url !== undefined) {
    const name = basename(new URL(url).pathname) || url
    return { path: await step.download({ url, sha256: sha256! }), name, extents: [] }
  }
  const file = await found(step, path!)
  if (sha256 !== undefined) {
    const hash = sha256Stream()
    await pipeline(await readTelling(step.log, file, path!, 'checked'), hash, { signal: step.signal })
    const got = hash.digest('hex')
    if (got !== sha256.toLowerCase()) throw errors.checksumMismatch(path!, sha256, got)
  }
  const others = await Promise.all(extents.map((extent) => found(step, extent)))
  const stray = others.find((other) => join(dirname(file), basename(other)) !== other)
  if (stray) throw errors.diskRefused(path!, `its extent ${stray} is not in the same directory`)
  return { path: file, name: basename(path!), extents: others }
}
