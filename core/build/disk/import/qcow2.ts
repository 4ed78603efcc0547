import { errors } from '../../../base/errors/catalogue.ts'
import { readHead } from './recognise.ts'
import type { ImageFile } from './types.ts'

/** Bytes of the header that say what the image depends on. */
const HEADER = 104

/** Incompatible features. Source: QEMU, docs/interop/qcow2.txt. */
const CORRUPT = 1n << 1n
const DATA_FILE = 1n << 2n

/** Sees to it that a qcow2 is whole, before QEMU opens it with all that it names. Throws DISK_REFUSED, DISK_DAMAGED. */
export const checkQcow2 = async ({ path, name }: ImageFile): Promise<void> => {
  const header = Buffer.from(await readHead(path, HEADER), 'latin1')
  if (header.length < 72) throw errors.diskDamaged(name, 'it ends within its header')
  if (header.readBigUInt64BE(8) !== 0n) {
    const [at, length] = [Number(header.readBigUInt64BE(8)), header.readUInt32BE(16)]
    const backing = await readHead(path, Math.min(length, 1023), at)
    throw errors.diskRefused(
      name,
      `it holds only the changes to another disk, ${backing}`,
      'Make it whole where it comes from: `qemu-img convert -O qcow2`.',
    )
  }
  if (header.readUInt32BE(32) !== 0)
    throw errors.diskRefused(name, 'it is encrypted', 'Decrypt it where it comes from.')
  if (header.readUInt32BE(4) < 3 || header.length < 80) return
  const features = header.readBigUInt64BE(72)
  if (features & DATA_FILE) throw errors.diskRefused(name, 'its content is in another file')
  if (features & CORRUPT) throw errors.diskDamaged(name, 'it is marked as corrupt')
}
