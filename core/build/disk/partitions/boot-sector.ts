/** Where the first partition starts, in bytes: what every partitioning tool leaves for a boot loader. */
export const PARTITION_OFFSET = 1024 * 1024

const SECTOR = 512

/** The disk's signature; the kernel finds its root by it whatever bus the disk is on. */
export const DISK_SIGNATURE = 'a17d07e1'

/** The kernel's name for the first partition of a disk of ours. */
export const ROOT_PARTUUID = `${DISK_SIGNATURE}-01`

/** The room for GRUB's core image: from sector 1 to the partition. */
export const CORE_IMAGE_LIMIT = PARTITION_OFFSET - SECTOR

/**
 * The first sector: GRUB's boot.img, then the partition table of an MBR disk with one active Linux partition.
 * boot.img loads sector 1 by default and the core image goes on from sector 2, so neither is patched
 * (GRUB 2, boot.S `kernel_sector` and diskboot.S `blocklist_default_start`).
 */
export const bootSector = (bootImage: Uint8Array, partitionBytes: number): Buffer => {
  const sector = Buffer.alloc(SECTOR)
  sector.set(bootImage.subarray(0, 440))
  sector.writeUInt32LE(Number.parseInt(DISK_SIGNATURE, 16), 440)
  const entry = sector.subarray(446, 462)
  // cylinder, head and sector beyond what they can say: "use the LBA fields"
  entry.set([0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff])
  entry.writeUInt32LE(PARTITION_OFFSET / SECTOR, 8)
  entry.writeUInt32LE(partitionBytes / SECTOR, 12)
  sector.writeUInt16LE(0xaa55, 510)
  return sector
}
