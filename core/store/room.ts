import { statfsSync } from 'node:fs'

const GIB = 2 ** 30
const MIB = 2 ** 20

/** Bytes that things take on the disk of the store, with what a build takes on the way. */
export const ROOM = {
  /** The tools, a kernel that is compiled, and the image. */
  first: 4 * GIB,
  /** A few images. */
  comfortable: 10 * GIB,
  /** An image, where the tools and the kernel are there. */
  image: GIB,
  /** Layers and an archive of an image that is built. */
  publish: GIB / 2,
  /** What a machine writes while it runs. */
  machine: 256 * MIB,
} as const

/** Bytes that this user may still write to the disk of a directory that is there. */
export const freeBytes = (directory: string): number => {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}
