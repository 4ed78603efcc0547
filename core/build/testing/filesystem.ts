/** How much of a partition is read to know its file system: up to the superblock of btrfs. */
export const BEGINNING = 128 * 1024

/** A file system that its guest has left. */
export interface LeftFilesystem {
  type: 'ext4' | 'btrfs'
  /** What is wrong with it, one phrase each; none where it was unmounted cleanly. */
  problems: string[]
}

/** ext2, ext3 or ext4. Layout: https://docs.kernel.org/filesystems/ext4/super.html */
const ext4 = (beginning: Buffer): LeftFilesystem | undefined => {
  const superblock = beginning.subarray(1024, 2048)
  if (superblock.length < 1024 || superblock.readUInt16LE(0x38) !== 0xef53) return undefined
  const state = superblock.readUInt16LE(0x3a)
  const recover = (superblock.readUInt32LE(0x60) & 0x4) !== 0
  const problems: string[] = []
  if (recover) problems.push('was not unmounted: its journal has to be replayed')
  else if ((state & 1) === 0) problems.push('is not marked clean')
  if (state & 2) problems.push('has errors')
  return { type: 'ext4', problems }
}

/** Layout: https://btrfs.readthedocs.io/en/latest/dev/On-disk-format.html, "Superblock". */
const btrfs = (beginning: Buffer): LeftFilesystem | undefined => {
  const superblock = beginning.subarray(0x10000, 0x10000 + 4096)
  if (superblock.length < 4096 || superblock.toString('latin1', 0x40, 0x48) !== '_BHRfS_M') return undefined
  const logged = superblock.readBigUInt64LE(0x60) !== 0n
  return {
    type: 'btrfs',
    problems: logged ? ['was not unmounted: its log tree has to be replayed'] : [],
  }
}

/** How a file system was left, by the beginning of its partition; undefined for one that is not known here. */
export const leftFilesystem = (beginning: Buffer): LeftFilesystem | undefined =>
  ext4(beginning) ?? btrfs(beginning)
