import { join } from 'node:path'
import type { Digest, Layout } from '../../base/model/layout.ts'
import { type Descriptor, pruneBlobs, writeJsonBlob, writeWhole } from './blob.ts'
import { configOf, type ImageDescription, labelsOf, REDISTRIBUTABLE } from './config.ts'
import type { Layer } from './layer.ts'

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
const CONFIG = 'application/vnd.oci.image.config.v1+json'
const INDEX = 'application/vnd.oci.image.index.v1+json'

export const PLATFORM = { architecture: 'amd64', os: 'linux' }

const descriptorOf = ({ mediaType, digest, size, role, redistributable }: Layer): Descriptor => ({
  mediaType,
  digest,
  size,
  annotations: {
    'io.antidote.role': role,
    ...(redistributable === false && { [REDISTRIBUTABLE]: 'false' }),
  },
})

/**
 * Has a layout hold one manifest, whose blobs are there already, under the first of the names, and takes away what
 * else it holds.
 */
export const pointTo = async (
  directory: string,
  manifest: Descriptor,
  refs: readonly string[],
  blobs: readonly Digest[],
): Promise<void> => {
  // one entry only: Podman and skopeo take a layout with two for two images and want one chosen
  const entry: Descriptor = {
    ...manifest,
    ...(refs[0] && { annotations: { 'org.opencontainers.image.ref.name': refs[0] } }),
  }
  await writeWhole(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeWhole(
    join(directory, 'index.json'),
    JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [entry] }),
  )
  await pruneBlobs(directory, [manifest.digest, ...blobs])
}

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
  const blobs = [config, ...layers].map(({ digest }) => digest)
  await pointTo(directory, { ...manifest, platform: PLATFORM }, refs, blobs)
  return Object.freeze({
    directory,
    name: image.name,
    user: image.user,
    refs: Object.freeze([...refs]),
    key: image.key,
    manifestDigest: manifest.digest,
    configDigest: config.digest,
    layers: Object.freeze(
      layers.map(({ role, mediaType, digest, size, redistributable }) =>
        Object.freeze({ role, mediaType, digest, bytes: size, redistributable: redistributable !== false }),
      ),
    ),
  })
}
