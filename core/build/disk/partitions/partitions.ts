const SECTOR = 512

/** How much of a disk holds its partition table: a boot sector, the header of a GPT and its 128 entries. */
export const TABLE_BYTES = 34 * SECTOR

/** Types of partitions. Sources: UEFI 2.10, 5.2.2 and 5.3.3; GNU GRUB manual, "BIOS installation". */
export const TYPES = {
  esp: 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b',
  espOfMbr: 'ef',
} as const

/** A partition of a disk. */
export interface Partition {
  /** A GUID in a GPT, two hexadecimal digits in an MBR. */
  type: string
  /** Where it begins, in bytes. */
  start: number
}

/** A GUID, whose first three numbers are little-endian. UEFI 2.10, appendix A. */
const guid = (bytes: Buffer): string =>
  [
    Buffer.from(bytes.subarray(0, 4)).reverse(),
    Buffer.from(bytes.subarray(4, 6)).reverse(),
    Buffer.from(bytes.subarray(6, 8)).reverse(),
    bytes.subarray(8, 10),
    bytes.subarray(10, 16),
  ]
    .map((part) => part.toString('hex'))
    .join('-')

/** The entries of a GPT as far as they are in the head. UEFI 2.10, 5.3.2 and 5.3.3. */
const gptOf = (head: Buffer): Partition[] => {
  const table = Number(head.readBigUInt64LE(SECTOR + 72)) * SECTOR
  const [count, size] = [head.readUInt32LE(SECTOR + 80), head.readUInt32LE(SECTOR + 84)]
  if (size < 128) return []
  const partitions: Partition[] = []
  for (let at = table; partitions.length < count && at + size <= head.length; at += size) {
    const entry = head.subarray(at, at + size)
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue
    partitions.push({ type: guid(entry), start: Number(entry.readBigUInt64LE(32)) * SECTOR })
  }
  return partitions
}

/** The four primary partitions of an MBR: entries of 16 bytes at 446. UEFI 2.10, 5.2.1. */
const mbrOf = (head: Buffer): Partition[] =>
  [0, 1, 2, 3]
    .map((index) => head.subarray(446 + 16 * index, 462 + 16 * index))
    // 0xee stands before a GPT, for all of the disk
    .filter((entry) => entry[4] !== 0 && entry[4] !== 0xee)
    .map((entry) => ({
      type: entry[4]!.toString(16).padStart(2, '0'),
      start: entry.readUInt32LE(8) * SECTOR,
    }))

/** The partitions of a disk by its first bytes, `TABLE_BYTES` or more; none where it has no table. */
export const partitionsOf = (head: Buffer): Partition[] => {
  if (head.length >= TABLE_BYTES && head.toString('latin1', SECTOR, SECTOR + 8) === 'EFI PART')
    return gptOf(head)
  return head.length >= SECTOR && head.readUInt16LE(510) === 0xaa55 ? mbrOf(head) : []
}

/** Whether a BIOS finds something to run in the first sector. */
export const hasBootCode = (head: Buffer): boolean => head.subarray(0, 440).some((byte) => byte !== 0)

/** Whether a disk has an EFI system partition, from which UEFI boots. */
export const hasEsp = (head: Buffer): boolean =>
  partitionsOf(head).some(({ type }) => type === TYPES.esp || type === TYPES.espOfMbr)
