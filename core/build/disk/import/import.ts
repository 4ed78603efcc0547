import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../../base/errors/catalogue.ts'
import type { Disk, Unkeyed } from '../../../base/model/artifact.ts'
import type { DiskFormat } from '../../../base/model/disk-format.ts'
import { takeOut } from './archive.ts'
import { converterOf, toQcow2 } from './convert.ts'
import { firmwareOf } from './firmware.ts'
import { locate } from './locate.ts'
import { checkQcow2 } from './qcow2.ts'
import { type Content, isFormat, LABELS, promised, recognise } from './recognise.ts'
import type { DiskSource, ImageFile, ImportStep } from './types.ts'
import { unpack } from './unpack.ts'
import { checkVmdk } from './vmdk.ts'

/** An archive in a compressed file in an archive, and so on; more is not meant well. */
const DEEPEST = 4

/** The content is what counts; that the name says something else may be a mistake. */
const tellMismatch = (step: ImportStep, { name }: ImageFile, content: Content): void => {
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
 * what it was made from. Its `machine` says what its content tells of the hardware. Throws DISK_…, CHECKSUM_MISMATCH and DOWNLOAD_FAILED.
 */
export const importDisk = async (step: ImportStep, source: DiskSource): Promise<Unkeyed<Disk>> => {
  const { redistributable, extents = [], format } = source
  if (redistributable === false && extents.length > 0)
    throw errors.diskRefused(
      source.path!,
      'a disk that is not redistributable must be one file, so that others can complete the image with theirs',
      'Pack the descriptor and its extents into one ZIP archive.',
    )
  const found = await locate(step, source)
  const qcow2 = await convertFile(step, source, found)
  const chain = [step.ref(qcow2)]
  const firmware = await firmwareOf(step, found.name, join(step.out, qcow2))
  const machine = { thirdParty: true, ...(firmware === 'uefi' && { firmware }) }
  if (redistributable !== false) return { kind: 'disk', chain, machine }
  const { name, sha256 } = found
  const converter = await converterOf(step.run)
  const vendor = {
    file: chain[0]!,
    name,
    sha256: sha256!.toLowerCase(),
    ...(format && { format }),
    converter,
  }
  return { kind: 'disk', chain, machine, vendor }
}

/** Unpacks a file as often as it takes, and writes what is in it as a qcow2. Gives its name in the step's result. */
const convertFile = async (step: ImportStep, source: DiskSource, found: ImageFile): Promise<string> => {
  let file = found
  for (let depth = 0; ; depth++) {
    const content = await contentOf(file, source.format)
    tellMismatch(step, file, content)
    if (isFormat(content)) {
      if (content === 'qcow2') await checkQcow2(file)
      if (content === 'vmdk') await checkVmdk(file)
      return toQcow2(step, file, content)
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
