/** Formats of disk images that are taken. */
export const FORMATS = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx'] as const
export type DiskFormat = (typeof FORMATS)[number]
