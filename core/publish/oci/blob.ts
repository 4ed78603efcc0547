import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { randomName, sha256 } from '../../base/files/digest.ts'
import type { Digest } from '../../base/model/layout.ts'
import { writingTo } from '../../store/full.ts'

/** What points at a blob: OCI image specification 1.1, "Descriptor". */
export interface Descriptor {
  mediaType: string
  digest: Digest
  size: number
  artifactType?: string
  annotations?: Record<string, string>
  platform?: { architecture: string; os: string }
}

/** Where a layout keeps a blob. What is no digest leads nowhere: it may be others' text, and a way out. */
export const blobPath = (directory: string, digest: Digest): string => {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`${JSON.stringify(digest)} is not a digest`)
  return join(directory, 'blobs', 'sha256', digest.slice('sha256:'.length))
}

/** Writes a file so that it is there whole or not at all. Throws DISK_FULL. */
export const writeWhole = async (path: string, content: string): Promise<void> => {
  const draft = join(dirname(path), `.${randomName()}`)
  await mkdir(dirname(path), { recursive: true })
  try {
    await writingTo(dirname(path), () => writeFile(draft, content))
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
}

/** Stores a JSON document as a blob of the layout. */
export const writeJsonBlob = async (
  directory: string,
  mediaType: string,
  document: object,
): Promise<Descriptor> => {
  const text = JSON.stringify(document)
  const digest: Digest = `sha256:${sha256(text)}`
  await writeWhole(blobPath(directory, digest), text)
  return { mediaType, digest, size: Buffer.byteLength(text) }
}

/** Removes the blobs that nothing in the layout points at any more: those of the image it held before. */
export const pruneBlobs = async (directory: string, kept: readonly Digest[]): Promise<void> => {
  const names = new Set(kept.map((digest) => digest.slice('sha256:'.length)))
  const blobs = join(directory, 'blobs', 'sha256')
  const stale = (await readdir(blobs)).filter((name) => /^[0-9a-f]{64}$/.test(name) && !names.has(name))
  await Promise.all(stale.map((name) => rm(join(blobs, name), { force: true })))
}
