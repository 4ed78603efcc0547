/** What a tree needs on disk. */
export interface Content {
  /** Files, directories, links and devices. */
  files: number
  /** Blocks of 4 KiB. */
  blocks: number
}

/** Measures the output of `find TREE -printf '%y %s\n'`. */
export const measure = (listing: string): Content => {
  let files = 0
  let blocks = 0
  for (const line of listing.split('\n')) {
    if (line === '') continue
    files++
    const type = line[0]
    const size = Number(line.slice(2))
    if (type === 'f') blocks += Math.ceil(size / 4096)
    // what a directory measures is the building host's affair
    else if (type === 'd') blocks++
    // ext4 keeps a link of up to 59 bytes in its inode
    else if (type === 'l' && size >= 60) blocks++
  }
  return { files, blocks }
}

/** The journal that mke2fs makes: fixed, so that the size is known. */
const JOURNAL_MIB = 16

/** One inode for each 16 KiB of room. */
const INODES_PER_MIB = 64

/** A file system that holds the content and so many MiB more. */
export const sized = (content: Content, spareMib: number): { mib: number; inodes: number } => {
  const inodes = content.files + Math.ceil(content.files / 4) + spareMib * INODES_PER_MIB
  // an inode takes 256 bytes; bitmaps, descriptors and extents about 2 %
  const base = Math.ceil((content.blocks * 4 + inodes / 4) / 1024) + JOURNAL_MIB + spareMib
  // mke2fs wants at least as much room beside the journal as it takes
  return { mib: Math.max(base + Math.floor(base / 50) + 4, 2 * JOURNAL_MIB + 4), inodes }
}

/** Options of mke2fs for which `sized` holds. */
export const ext4Options = (inodes: number): string[] => [
  ...['-q', '-F', '-t', 'ext4', '-b', '4096', '-m', '0'],
  ...['-N', String(inodes), '-J', `size=${JOURNAL_MIB}`],
]
