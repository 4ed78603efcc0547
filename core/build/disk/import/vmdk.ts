import { basename } from 'node:path'
import { errors } from '../../../base/errors/catalogue.ts'
import { readHead } from './recognise.ts'
import type { ImageFile } from './types.ts'

const SECTOR = 512

/** Bytes of a descriptor that QEMU reads (DESC_SIZE of block/vmdk.c). */
const DESCRIPTOR = 20 * SECTOR

const EXTENT = /^\s*(?:RW|RDONLY|NOACCESS)\s+\d+\s+(\w+)(?:\s+"([^"\n]*)")?/gm

/** Types of extents that are files of their own. Source: VMware Virtual Disk Format 5.0, "The Extent Description". */
const FILES = ['FLAT', 'SPARSE', 'VMFS', 'VMFSSPARSE']

/** A VMDK with a parent would have what it lacks read from another file. */
const refuseParent = (name: string, descriptor: string): void => {
  const hint = /^\s*parentFileNameHint\s*=\s*"([^"\n]*)"/im.exec(descriptor)
  const parent = /^\s*parentCID\s*=\s*(?!ffffffff)(\w+)/im.exec(descriptor)
  if (hint || parent)
    throw errors.diskRefused(
      name,
      `it holds only the changes to another disk${hint ? `, ${hint[1]}` : ''}`,
      'Export the whole disk, without snapshots.',
    )
}

/** An extent with a header (VMDK4): a whole image, or a part of one. */
const checkSparse = async (name: string, path: string): Promise<void> => {
  const head = Buffer.from(await readHead(path), 'latin1')
  if (head.length < SECTOR) throw errors.diskDamaged(name, 'it ends within its header')
  // an extent without content has its content elsewhere
  if (head.readBigUInt64LE(12) === 0n) throw errors.diskRefused(name, 'its content is in other files')
  const at = Number(head.readBigUInt64LE(28)) * SECTOR
  // QEMU looks for a parent in the second sector, wherever the descriptor is said to be
  for (const offset of [SECTOR, at]) refuseParent(name, await textAt(path, offset))
}

const textAt = async (path: string, offset: number): Promise<string> =>
  (await readHead(path, DESCRIPTOR, offset)).replace(/\0[\s\S]*$/, '')

/**
 * Sees to it that a VMDK is whole: no parent, and no extent but the files that came with it. Throws DISK_REFUSED,
 * DISK_DAMAGED.
 */
export const checkVmdk = async ({ path, name, extents }: ImageFile): Promise<void> => {
  const head = await readHead(path, DESCRIPTOR)
  if (head.startsWith('KDMV')) return checkSparse(name, path)
  refuseParent(name, head)
  const described = [...head.matchAll(EXTENT)]
  if (described.length === 0) throw errors.diskDamaged(name, 'its descriptor names no extent')
  for (const [, type, file] of described) {
    if (type === 'ZERO') continue
    if (!FILES.includes(type!)) throw errors.diskRefused(name, `it has an extent of the type ${type}`)
    const beside = extents.find((extent) => basename(extent) === file)
    if (file === undefined || beside === undefined)
      throw errors.diskRefused(
        name,
        `its content is in ${file ?? 'a file without a name'}, which was not given with it`,
        'Name it in `extents`, in the same directory; from a URL take an OVA or a ZIP archive with both.',
      )
    if ((await readHead(beside, 4)) === 'KDMV') await checkSparse(file, beside)
  }
}
