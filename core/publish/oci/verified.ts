import { closeSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf } from '../../base/errors/error.ts'
import { sha256, sha256File } from '../../base/files/digest.ts'
import { openRegular } from '../../base/files/regular.ts'
import type { Digest } from '../../base/model/layout.ts'
import { blobPath } from './blob.ts'

/** What an index, a manifest or a config has at most: registries take no more than 4 MiB. */
const MOST = 4 * 1024 ** 2

export const digestSchema = z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)])

const descriptor = z.looseObject({
  mediaType: z.string().optional(),
  digest: digestSchema,
  size: z.int().min(0),
  annotations: z.record(z.string(), z.string()).optional(),
})
const index = z.looseObject({ manifests: z.array(descriptor) })
const manifest = z.looseObject({
  config: descriptor.optional(),
  layers: z.array(descriptor).default([]),
  annotations: z.record(z.string(), z.string()).optional(),
})

/** What points at a blob, as somebody wrote it and we checked it. */
type Pointer = z.output<typeof descriptor>

/** An image of a layout whose every blob is what its digest says. */
export interface Verified {
  digest: Digest
  manifest: z.output<typeof manifest> & { config: Pointer }
  /** Of the manifest and of the config. */
  texts: { manifest: string; config: string }
}

const REF = 'org.opencontainers.image.ref.name'

const readSmall = (path: string, what: string): string => {
  const { descriptor, stats } = openRegular(path)
  try {
    if (stats.size > MOST) throw new Error(`its ${what} has ${stats.size} bytes, more than an image may have`)
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** Reads JSON of others by a schema. Throws with the place of what is wrong. */
const parsed = <T extends z.ZodType>(schema: T, text: string, what: string): z.output<T> => {
  const { data, error } = schema.safeParse(JSON.parse(text))
  if (!error) return data
  const { path, message } = error.issues[0]!
  throw new Error(`its ${what} is wrong at "${path.join('.')}": ${message}`)
}

const readBlob = (directory: string, { digest, size }: Pointer, what: string): string => {
  const text = readSmall(blobPath(directory, digest), what)
  if (Buffer.byteLength(text) !== size || digest !== `sha256:${sha256(text)}`)
    throw new Error(`its ${what} ${digest} is not as it was written`)
  return text
}

/** Makes sure that a layer in a layout is what its digest says. Throws with the reason. */
export const checkLayer = async (
  directory: string,
  { digest, size }: { digest: Digest; size?: number },
  signal?: AbortSignal,
): Promise<void> => {
  const path = blobPath(directory, digest)
  const cut = size !== undefined && statSync(path, { throwIfNoEntry: false })?.size !== size
  const got = await sha256File(path, signal).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw new Error(`its layer ${digest} cannot be read: ${messageOf(error).replace(/\.$/, '')}`)
  })
  if (cut || digest !== `sha256:${got}`) throw new Error(`its layer ${digest} is not as it was written`)
}

/**
 * Reads an image out of a layout: of a name, or the first. Index, manifest, config and layers are files, have the form
 * and the size that they should have, and are what their digests say. The one reader of layouts. Throws with the reason.
 */
export const readVerified = async (
  directory: string,
  ref?: string,
  signal?: AbortSignal,
): Promise<Verified> => {
  const { manifests } = parsed(index, readSmall(join(directory, 'index.json'), 'index.json'), 'index.json')
  const found = ref ? manifests.find(({ annotations }) => annotations?.[REF] === ref) : manifests[0]
  if (!found) throw new Error(ref ? `it has nothing of the name ${ref}` : 'it is empty')
  const text = readBlob(directory, found, 'manifest')
  const { config, ...rest } = parsed(manifest, text, 'manifest')
  if (!config) throw new Error('its first entry is no image')
  const texts = { manifest: text, config: readBlob(directory, config, 'config') }
  for (const layer of rest.layers) await checkLayer(directory, layer, signal)
  return { digest: found.digest, manifest: { ...rest, config }, texts }
}
