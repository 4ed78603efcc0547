/** How much of a disk is read to find its first file system. */
export const HEAD_BYTES = 2 << 20

const SECTOR = 512

const partitionStarts = (head: Buffer): number[] => {
  if (head.toString('latin1', SECTOR, SECTOR + 8) === 'EFI PART') {
    // GPT, UEFI 2.10 section 5.3.3: entries of 128 bytes from LBA 2, the first LBA at byte 32
    return Array.from({ length: 32 }, (_, index) =>
      Number(head.readBigUInt64LE(2 * SECTOR + index * 128 + 32)),
    )
  }
  // MBR: four entries of 16 bytes at 446, the first LBA at byte 8
  return Array.from({ length: 4 }, (_, index) => head.readUInt32LE(446 + index * 16 + 8))
}

/**
 * What is wrong with the ext2, ext3 or ext4 file systems that begin in the head of a disk: one sentence each,
 * none for those that were unmounted cleanly. `found` counts them.
 * Layout: https://docs.kernel.org/filesystems/ext4/super.html
 */
export const checkFilesystems = (head: Buffer): { found: number; problems: string[] } => {
  const problems: string[] = []
  let found = 0
  const starts = [0, ...partitionStarts(head)].map((sector) => sector * SECTOR)
  for (const start of new Set(starts)) {
    const superblock = head.subarray(start + 1024, start + 2048)
    if (superblock.length < 1024 || superblock.readUInt16LE(0x38) !== 0xef53) continue
    found++
    const state = superblock.readUInt16LE(0x3a)
    const recover = (superblock.readUInt32LE(0x60) & 0x4) !== 0
    const where = `the file system at byte ${start}`
    if (recover) problems.push(`${where} was not unmounted: its journal has to be replayed`)
    else if ((state & 1) === 0) problems.push(`${where} is not marked clean`)
    if (state & 2) problems.push(`${where} has errors`)
  }
  return { found, problems }
}
