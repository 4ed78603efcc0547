import { constants, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { randomName, sha256File, sha256Stream } from '../../base/files/digest.ts'
import type { Digest } from '../../base/model/layout.ts'
import type { Tools } from '../../base/process/tools.ts'
import { writingTo } from '../../store/full.ts'
import { blobPath } from './blob.ts'
import { type LayerFile, tarOf } from './tar.ts'

/**
 * Media types: OCI image specification 1.1, "Layer". The compressors run in the toolbox because their bytes differ
 * from one version to the next; zstd's do not depend on the number of threads as long as it is given.
 */
const COMPRESSIONS = {
  zstd: {
    mediaType: 'application/vnd.oci.image.layer.v1.tar+zstd',
    argv: ['zstd', '--quiet', '--stdout', '-T2'],
  },
  gzip: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', argv: ['gzip', '--no-name', '--stdout'] },
} as const

export type Compression = keyof typeof COMPRESSIONS

/** The compressors' levels where none is given. */
export const DEFAULT_LEVELS = { zstd: 12, gzip: 6 } as const

/** What compresses: another version may give other bytes. */
export const compressorOf = async (compression: Compression, run: Tools['run']): Promise<string> => {
  const { stdout } = await run([COMPRESSIONS[compression].argv[0], '--version'])
  return stdout.split('\n')[0]!.replaceAll('*', '').trim()
}

/** A layer of an image as the manifest and the config name it. Plain data. */
export interface Layer {
  /** What it holds: `runtime`, `disk`, `machine`. */
  readonly role: string
  readonly mediaType: string
  /** Of the compressed blob. */
  readonly digest: Digest
  /** Of the tar inside. */
  readonly diffId: Digest
  /** Bytes of the compressed blob. */
  readonly size: number
  /** `false` where a vendor's bits are in it, which may not be passed on. */
  readonly redistributable?: false
}

/** How a layer is written. */
export interface LayerOptions {
  role: string
  compression?: Compression
  /** Of the compressor. */
  level?: number
  /** The image layout, or any directory that a layout takes the blob from later. */
  directory: string
  run: Tools['run']
  signal?: AbortSignal
}

/** Writes the blob of a layer, whole or not at all, and gives its description. */
export const writeLayer = async (files: readonly LayerFile[], options: LayerOptions): Promise<Layer> => {
  const { role, directory, compression = 'zstd', run, signal } = options
  const { mediaType, argv } = COMPRESSIONS[compression]
  const level = options.level ?? DEFAULT_LEVELS[compression]
  const draft = join(directory, `.${randomName()}`)
  const tarHash = sha256Stream()
  const hashed = new Transform({
    transform(chunk, _encoding, done) {
      tarHash.update(chunk)
      done(null, chunk)
    },
  })
  await mkdir(directory, { recursive: true })
  try {
    const packed = pipeline(tarOf(files), hashed, { ...(signal && { signal }) })
    const compressed = run([...argv, `-${level}`], { input: hashed, stdoutFile: draft, signal })
    compressed.catch((error) => hashed.destroy(error))
    const [tar, blob] = await Promise.allSettled([packed, compressed])
    // whichever failed first ends the other early, and that one's failure explains nothing
    const cutOff = tar.status === 'rejected' && tar.reason.code === 'ERR_STREAM_PREMATURE_CLOSE'
    if (tar.status === 'rejected' && !cutOff) throw tar.reason
    if (blob.status === 'rejected') throw blob.reason
    if (tar.status === 'rejected') throw tar.reason
    const digest: Digest = `sha256:${await sha256File(draft, signal)}`
    const { size } = await stat(draft)
    await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true })
    await rename(draft, blobPath(directory, digest))
    return Object.freeze({
      role,
      mediaType,
      digest,
      diffId: `sha256:${tarHash.digest('hex')}` as Digest,
      size,
    })
  } finally {
    await rm(draft, { force: true })
  }
}

/** Puts a blob that was written elsewhere into a layout; shares the disk's blocks where it can. Throws DISK_FULL. */
export const importBlob = async (digest: Digest, from: string, directory: string): Promise<void> => {
  const draft = join(directory, `.${randomName()}`)
  await mkdir(join(directory, 'blobs', 'sha256'), { recursive: true })
  try {
    await writingTo(directory, () => copyFile(blobPath(from, digest), draft, constants.COPYFILE_FICLONE))
    await rename(draft, blobPath(directory, digest))
  } finally {
    await rm(draft, { force: true })
  }
}
