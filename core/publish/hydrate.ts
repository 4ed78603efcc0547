import { mkdir } from 'node:fs/promises'
import { errors } from '../base/errors/catalogue.ts'
import { messageOf } from '../base/errors/error.ts'
import type { Digest, Layout } from '../base/model/layout.ts'
import type { Report } from '../build/events.ts'
import { IMAGE_NAME } from '../contract/config/schema.ts'
import { alone } from './layout-lock.ts'
import { blobPath, type Descriptor, writeWhole } from './oci/blob.ts'
import { KEY_LABEL } from './oci/config.ts'
import { completedDigest, completedManifest, type Delta } from './oci/delta.ts'
import { importBlob } from './oci/layer.ts'
import { MANIFEST, PLATFORM, pointTo } from './oci/layout.ts'
import type { StandingImage } from './oci/read-layout.ts'
import { checkLayer } from './oci/verified.ts'
import { makeVendorLayer, type Workshop } from './vendor-layer.ts'

/** What an image without its vendor's disk is completed with, and where it goes. */
export interface Hydration {
  image: StandingImage
  /** What people call the image. */
  source: string
  /** The file of the vendor. */
  disk: string
  /** The layout's directory. */
  directory: string
  /** Names with tags; the first is the layout's own. */
  refs: readonly string[]
}

/** What an image calls itself. Throws IMAGE_UNREADABLE where that is no name: files are called after it. */
export const nameOf = ({ labels }: StandingImage, source: string): string => {
  const name = labels['io.antidote.image'] ?? ''
  if (!IMAGE_NAME.test(name)) throw errors.imageUnreadable(source, `it calls itself "${name}"`)
  return name
}

/** Sees to it that the layers which are there are what the manifest says. Throws IMAGE_UNREADABLE. */
const checkLayers = async (
  { image, source }: Hydration,
  kept: readonly Digest[],
  signal: AbortSignal,
): Promise<void> => {
  for (const digest of kept)
    await checkLayer(image.directory, { digest }, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      throw errors.imageUnreadable(source, messageOf(error))
    })
}

const layersOf = (image: StandingImage, { layers }: { layers: Descriptor[] }): Layout['layers'] =>
  Object.freeze(
    image.layers.map(({ role, digest, bytes, redistributable }, at) =>
      Object.freeze({
        role,
        digest,
        bytes,
        mediaType: layers[at]!.mediaType,
        redistributable: redistributable !== false,
      }),
    ),
  )

/** Writes the whole image: everything that its manifest names, then what points at it. */
const assemble = async (
  { image, source, directory, refs }: Hydration,
  delta: Delta,
  kept: readonly Digest[],
  made: { directory: string; digest: Digest },
): Promise<Layout> => {
  const manifest = completedManifest(delta)
  const digest = completedDigest(delta)
  await mkdir(directory, { recursive: true })
  for (const each of kept)
    if (image.directory !== directory) await importBlob(each, image.directory, directory)
  await importBlob(made.digest, made.directory, directory)
  await writeWhole(blobPath(directory, manifest.config.digest), delta.config)
  await writeWhole(blobPath(directory, digest), delta.manifest)
  const entry = { mediaType: MANIFEST, digest, size: Buffer.byteLength(delta.manifest), platform: PLATFORM }
  const blobs = [manifest.config, ...manifest.layers].map((one) => one.digest)
  await pointTo(directory, entry, refs, blobs)
  const label = (name: string) => image.labels[name] ?? ''
  return Object.freeze({
    directory,
    name: nameOf(image, source),
    user: label('io.antidote.user'),
    refs: Object.freeze([...refs]),
    key: label(KEY_LABEL),
    manifestDigest: digest,
    configDigest: manifest.config.digest,
    layers: layersOf(image, manifest),
  })
}

/**
 * Completes an image that was published without its vendor's disk: checks the user's own copy, makes the layer of it in
 * the toolbox, and writes the very image that the manifest in it describes. Nothing is written before the layer is the
 * recorded one. Throws HYDRATE_WHOLE, HYDRATE_DISK, HYDRATE_DIFFERS, IMAGE_UNREADABLE and what an import throws.
 */
export const hydrate = async (hydration: Hydration, workshop: Workshop, report: Report): Promise<Layout> => {
  const { image, source, disk, directory } = hydration
  const { delta } = image
  if (!delta) throw errors.hydrateWhole(source)
  const { signal } = workshop
  const kept = image.layers.filter(({ missing }) => !missing).map(({ digest }) => digest)
  const { directory: from, layer } = await makeVendorLayer(disk, delta, nameOf(image, source), workshop)
  await checkLayers(hydration, kept, signal)
  return alone(workshop.store, directory, { report, signal }, () =>
    assemble(hydration, delta, kept, { directory: from, digest: layer.digest }),
  )
}
