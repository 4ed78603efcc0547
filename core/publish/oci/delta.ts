import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { sha256 } from '../../base/files/digest.ts'
import { FORMATS } from '../../base/model/disk-format.ts'
import type { Digest, Layout } from '../../base/model/layout.ts'
import { blobPath, type Descriptor, writeJsonBlob } from './blob.ts'
import { KEY_LABEL } from './config.ts'
import { MANIFEST, pointTo } from './layout.ts'
import { digestSchema } from './verified.ts'

/**
 * An image without its vendor's disk, as an OCI artifact: its config holds what is missing and the whole image's own
 * manifest and config as they are; its layers are those that are there. OCI image specification 1.1, "Guidelines for
 * Artifact Usage". An engine that is asked to run it says that it is no image.
 */
const ARTIFACT = 'application/vnd.antidote.delta.v1'
export const DELTA = `${ARTIFACT}+json`

const digest = digestSchema
const descriptor = z.looseObject({ mediaType: z.string(), digest, size: z.int().min(0) })

const missing = z.strictObject({
  /** Of the layer's blob. */
  digest,
  /** Where the disk is in the image. */
  path: z.string().regex(/^(?!.*\.\.)[\w./-]+$/),
  compression: z.enum(['zstd', 'gzip']),
  level: z.int().min(1).max(22),
  /** What compressed it, with its version. */
  compressor: z.string(),
  /** The vendor's file, and what converted it. */
  disk: z.strictObject({
    name: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    format: z.enum(FORMATS).optional(),
    converter: z.string(),
  }),
})

const delta = z.strictObject({
  version: z.literal(1),
  missing,
  /** The texts of the whole image. */
  manifest: z.string(),
  config: z.string(),
})

const manifest = z.looseObject({ config: descriptor, layers: z.array(descriptor) })

export type MissingLayer = z.output<typeof missing>
export type Delta = z.output<typeof delta>

/** The digest of the manifest that a delta is completed to. */
export const completedDigest = (delta: Pick<Delta, 'manifest'>): Digest => `sha256:${sha256(delta.manifest)}`

/** The whole image's manifest. */
export const completedManifest = ({ manifest: text }: Pick<Delta, 'manifest'>) =>
  JSON.parse(text) as { config: Descriptor; layers: Descriptor[] }

/** Reads what a delta says. Throws an error with the reason where it contradicts itself. */
export const parseDelta = (text: string): Delta => {
  const document = delta.parse(JSON.parse(text))
  const { config, layers } = manifest.parse(JSON.parse(document.manifest))
  if (config.digest !== `sha256:${sha256(document.config)}`)
    throw new Error('the config in it is not the one of its manifest')
  if (!layers.some((layer) => layer.digest === document.missing.digest))
    throw new Error('what it misses is no layer of its manifest')
  return document
}

/** Takes a layer out of a layout, which holds a delta from then on. The same image gives the same bytes. */
export const leaveOut = async (layout: Layout, missing: MissingLayer): Promise<Layout> => {
  const { directory, refs, key } = layout
  const read = (digest: Digest) => readFile(blobPath(directory, digest), 'utf8')
  const whole = await read(layout.manifestDigest)
  const { layers, annotations } = JSON.parse(whole) as {
    layers: Descriptor[]
    annotations: Record<string, string>
  }
  const kept = layers.filter(({ digest }) => digest !== missing.digest)
  // what was left out is not published
  const own = sha256(`${key}\0without ${missing.digest}`)
  const document: Delta = {
    version: 1,
    missing,
    manifest: whole,
    config: await read(layout.configDigest),
  }
  const config = await writeJsonBlob(directory, DELTA, document)
  const manifest = await writeJsonBlob(directory, MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: ARTIFACT,
    config,
    layers: kept,
    annotations: { ...annotations, [KEY_LABEL]: own },
  })
  await pointTo(
    directory,
    { ...manifest, artifactType: ARTIFACT },
    refs,
    [config, ...kept].map(({ digest }) => digest),
  )
  return Object.freeze({
    ...layout,
    key: own,
    manifestDigest: manifest.digest,
    configDigest: config.digest,
    layers: Object.freeze(layout.layers.filter(({ digest }) => digest !== missing.digest)),
    completes: layout.manifestDigest,
  })
}
