import { join } from 'node:path'
import { type Descriptor, type Digest, pruneBlobs, writeJsonBlob, writeWhole } from './blob.ts'
import { configOf, type ImageDescription, labelsOf } from './config.ts'
import type { Layer } from './layer.ts'

/** An image as an OCI image layout on disk; what a tap of the publish stage gets. Frozen. */
export interface Layout {
  readonly directory: string
  readonly name: string
  /** Who logs in. */
  readonly user: string
  /** Its names with tags, as `--tag` and TARGET_VERSION made them; the layout itself holds the first. */
  readonly refs: readonly string[]
  /** The image key: equal for what is made from the same. */
  readonly key: string
  readonly manifestDigest: Digest
  readonly configDigest: Digest
  readonly layers: readonly {
    readonly role: string
    readonly mediaType: string
    readonly digest: Digest
    readonly bytes: number
  }[]
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const CONFIG = 'application/vnd.oci.image.config.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

const descriptorOf = ({ mediaType, digest, size, role }: Layer): Descriptor => ({
  mediaType,
  digest,
  size,
  annotations: { 'io.antidote.role': role },
})

/**
 * Completes an image layout whose layers' blobs are in `directory` already: config, manifest, index. The same image
 * and layers give the same bytes. Nothing points at the image before all of it is there; an image that was there
 * before is replaced.
 */
export const writeLayout = async (
  directory: string,
  image: ImageDescription,
  refs: readonly string[],
  layers: readonly Layer[],
): Promise<Layout> => {
  const config = await writeJsonBlob(directory, CONFIG, configOf(image, layers))
  const manifest = await writeJsonBlob(directory, MANIFEST, {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config,
    layers: layers.map(descriptorOf),
    annotations: labelsOf(image),
  })
  // one entry only: Podman and skopeo take a layout with two for two images and want one chosen
  const entry: Descriptor = {
    ...manifest,
    platform: { architecture: 'amd64', os: 'linux' },
    ...(refs[0] && { annotations: { 'org.opencontainers.image.ref.name': refs[0] } }),
  }
  await writeWhole(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeWhole(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] }),
  )
  await pruneBlobs(directory, [manifest.digest, config.digest, ...layers.map(({ digest }) => digest)])
  return Object.freeze({
    directory,
    name: image.name,
    user: image.user,
    refs: Object.freeze([...refs]),
    key: image.key,
    manifestDigest: manifest.digest,
    configDigest: config.digest,
    layers: Object.freeze(
      layers.map(({ role, mediaType, digest, size }) =>
        Object.freeze({ role, mediaType, digest, bytes: size }),
      ),
    ),
  })
}
