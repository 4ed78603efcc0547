import { rm } from 'node:fs/promises'
import { errors } from '../../errors/catalogue.ts'
import type { Disk, Unkeyed } from '../../lifecycle/artifact.ts'
import type { Step } from '../../lifecycle/step.ts'
import { takeOut } from './archive.ts'
import { toQcow2 } from './convert.ts'
import { locate } from './locate.ts'
import { checkQcow2 } from './qcow2.ts'
import { type Content, isFormat, LABELS, promised, recognise } from './recognise.ts'
import type { DiskFormat, DiskSource, ImageFile } from './types.ts'
import { unpack } from './unpack.ts'
import { checkVmdk } from './vmdk.ts'

/** An archive in a compressed file in an archive, and so on; more is not meant well. */
const DEEPEST = 4

/** The content is what counts; that the name says something else may be a mistake. */
const tellMismatch = (step: Step, { name }: ImageFile, content: Content): void => {
  const named = promised(name)
  if (named && named !== content)
    step.log.warn(`${name} is named like ${LABELS[named]}, and is ${LABELS[content]}, by which it is read.`)
}

/** What a file is. Throws DISK_FORMAT where that is not the format that was named. */
const contentOf = async (file: ImageFile, format: DiskFormat | undefined): Promise<Content> => {
  const content = await recognise(file, format === 'raw')
  if (format !== undefined && isFormat(content) && content !== format)
    throw errors.diskFormat(file.name, LABELS[content], LABELS[format])
  return content
}

/**
 * Makes a disk from an image in any of the formats, packed or not: fetched and checked, unpacked, recognised by its
 * content, refused if it needs another file, converted to a qcow2 that has the same bytes each time, and compared with
 * what it was made from. Throws DISK_…, CHECKSUM_MISMATCH and DOWNLOAD_FAILED.
 */
export const importDisk = async (step: Step, source: DiskSource): Promise<Unkeyed<Disk>> => {
  let file = await locate(step, source)
  for (let depth = 0; ; depth++) {
    const content = await contentOf(file, source.format)
    tellMismatch(step, file, content)
    if (isFormat(content)) {
      if (content === 'qcow2') await checkQcow2(file)
      if (content === 'vmdk') await checkVmdk(file)
      return { kind: 'disk', chain: [step.ref(await toQcow2(step, file, content))] }
    }
    if (depth === DEEPEST) throw errors.diskRefused(file.name, 'archives are in archives in it')
    const to = `unpacked-${depth}`
    const packed = file
    file = await (content === 'tar' || content === 'zip'
      ? takeOut(step, packed, content, to)
      : unpack(step, packed, content, to))
    // a large disk is not kept twice
    if (packed.path.startsWith(step.work)) await rm(packed.path)
  }
}
