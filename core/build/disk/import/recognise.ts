import { open } from 'node:fs/promises'
import { errors } from '../../../base/errors/catalogue.ts'
import { type DiskFormat, FORMATS } from '../../../base/model/disk-format.ts'
import type { ImageFile } from './types.ts'

export type Packing = 'xz' | 'gzip' | 'zstd' | 'zip' | 'tar'

/** What a file is by its content. */
export type Content = DiskFormat | Packing

/** True for what is a disk itself. */
export const isFormat = (content: Content): content is DiskFormat =>
  (FORMATS as readonly Content[]).includes(content)

/** What messages call it. */
export const LABELS: Record<Content, string> = {
  raw: 'a raw disk',
  qcow2: 'a qcow2 image',
  vmdk: 'a VMDK image',
  vdi: 'a VDI image',
  vhdx: 'a VHDX image',
  xz: 'an xz file',
  gzip: 'a gzip file',
  zstd: 'a Zstandard file',
  zip: 'a ZIP archive',
  tar: 'a tar archive',
}

/** Where what stands in which kind of file. Sources: the formats' specifications; libmagic's list for the others. */
const MARKS: readonly [Content, number, string][] = [
  ['qcow2', 0, 'QFI\xfb\0\0\0\x02'],
  ['qcow2', 0, 'QFI\xfb\0\0\0\x03'],
  ['vmdk', 0, 'KDMV'],
  ['vmdk', 0, '# Disk DescriptorFile'],
  ['vdi', 64, '\x7f\x10\xda\xbe'],
  ['vhdx', 0, 'vhdxfile'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['gzip', 0, '\x1f\x8b'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['zip', 0, 'PK\x03\x04'],
  ['zip', 0, 'PK\x05\x06'],
  ['tar', 257, 'ustar'],
]

/** What is known and not taken. */
const OTHERS: readonly [string, number, string][] = [
  ['a CD image', 32769, 'CD001'],
  ['a VHD image', 0, 'conectix'],
  ['a qcow image of version 1', 0, 'QFI\xfb\0\0\0\x01'],
  ['a QED image', 0, 'QED\0'],
  ['a Parallels image', 0, 'WithoutFreeSpace'],
  ['a Parallels image', 0, 'WithouFreSpacExt'],
  ['an encrypted disk (LUKS)', 0, 'LUKS\xba\xbe'],
  ['an ESX COW extent', 0, 'COWD'],
  ['a 7-Zip archive', 0, "7z\xbc\xaf'\x1c"],
  ['a bzip2 file', 0, 'BZh'],
  ['a RAR archive', 0, 'Rar!'],
  ['an HTML page', 0, '<!DOCTYPE'],
  ['an HTML page', 0, '<html'],
]

const HINTS: Record<string, string> = {
  'a CD image': "Install it into a disk; for a disk that can also be booted as a CD set `format: 'raw'`.",
  'a VHD image': 'Convert it: `qemu-img convert -f vpc -O qcow2`.',
  'an HTML page': 'The address leads to a page about the image, or to a login.',
}

/** What a disk begins with that is the disk itself: a boot sector, or a file system without partitions. */
const RAW: readonly [number, string][] = [
  [510, '\x55\xaa'],
  [1080, '\x53\xef'],
  [0, 'XFSB'],
  [512, 'LABELONE'],
]

const HEAD = 33 * 1024

/** The first bytes of a file, or those from an offset on, one character each; none where an image says that its offset is beyond any file. */
export const readHead = async (path: string, length = HEAD, offset = 0): Promise<string> => {
  if (!Number.isSafeInteger(offset + length)) return ''
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/**
 * Says what a file is by its content; `raw` takes what is not packed for a raw disk, whatever is on it. Throws
 * DISK_REFUSED or DISK_UNKNOWN for what cannot be taken.
 */
export const recognise = async ({ path, name }: ImageFile, raw: boolean): Promise<Content> => {
  const head = await readHead(path)
  const at = (mark: string, offset: number) => head.startsWith(mark, offset)
  const known = MARKS.find(([, offset, mark]) => at(mark, offset))?.[0]
  if (known && !(raw && isFormat(known))) return known
  if (head === '') throw errors.diskDamaged(name, 'it is empty')
  if (raw) return 'raw'
  // before boot sectors: a CD image may have one, too
  const other = OTHERS.find(([, offset, mark]) => at(mark, offset))
  if (other) throw errors.diskRefused(name, `it is ${other[0]}`, HINTS[other[0]])
  if (RAW.some(([offset, mark]) => at(mark, offset))) return 'raw'
  const begins = Buffer.from(head.slice(0, 16), 'latin1')
    .toString('hex')
    .replace(/(..)(?=.)/g, '$1 ')
  throw errors.diskUnknown(name, begins)
}

/** What a name promises, by its ending; nothing for `.img` and the like. */
export const promised = (name: string): Content | undefined =>
  ENDINGS[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '']

const ENDINGS: Record<string, Content | undefined> = {
  raw: 'raw',
  qcow2: 'qcow2',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhdx: 'vhdx',
  ova: 'tar',
  tar: 'tar',
  xz: 'xz',
  gz: 'gzip',
  zst: 'zstd',
  zip: 'zip',
}
