import { TABLE_BYTES } from '../../../core/build/disk/partitions/partitions.ts'

const SECTOR = 512
const first = (index: number) => 2048 * (index + 1)

/** A GUID as a GPT has it. */
const guidBytes = (guid: string): Buffer => {
  const [a, b, c, d, e] = guid.split('-').map((part) => Buffer.from(part, 'hex'))
  return Buffer.concat([a!.reverse(), b!.reverse(), c!.reverse(), d!, e!])
}

/** The beginning of a disk with a GPT: a partition of each type, at 1 MiB, 2 MiB and so on. */
export const gptDisk = (types: readonly string[]): Buffer => {
  const head = Buffer.alloc(TABLE_BYTES)
  head[446 + 4] = 0xee
  head.writeUInt16LE(0xaa55, 510)
  head.write('EFI PART', SECTOR, 'latin1')
  head.writeBigUInt64LE(2n, SECTOR + 72)
  head.writeUInt32LE(128, SECTOR + 80)
  head.writeUInt32LE(128, SECTOR + 84)
  for (const [index, type] of types.entries()) {
    guidBytes(type).copy(head, 2 * SECTOR + 128 * index)
    head.writeBigUInt64LE(BigInt(first(index)), 2 * SECTOR + 128 * index + 32)
  }
  return head
}

/** The same with an MBR. */
export const mbrDisk = (types: readonly string[]): Buffer => {
  const head = Buffer.alloc(TABLE_BYTES)
  head.writeUInt16LE(0xaa55, 510)
  for (const [index, type] of types.entries()) {
    head[446 + 16 * index + 4] = Number.parseInt(type, 16)
    head.writeUInt32LE(first(index), 446 + 16 * index + 8)
  }
  return head
}
