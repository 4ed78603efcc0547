import { z } from 'zod'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import type { Digest, Layout } from '../../base/model/layout.ts'
import { KEY_LABEL, REDISTRIBUTABLE } from './config.ts'
import { completedManifest, DELTA, type Delta, parseDelta } from './delta.ts'
import { readVerified } from './verified.ts'

/** An image as it stands in a layout. */
export interface StandingImage {
  directory: string
  /** Of the manifest. */
  digest: Digest
  /** What the image says of itself. */
  labels: Record<string, string>
  /** In order; `role` is empty where antidote did not write the layer. */
  layers: StandingLayer[]
  /** What it says of the layer that it lacks. */
  delta?: Delta
}

/** A layer as an image names it. */
export interface StandingLayer {
  role: string
  digest: Digest
  bytes: number
  /** A vendor's bits are in it. */
  redistributable?: false
  /** It is not there. */
  missing?: true
}

const saidSchema = z.looseObject({
  config: z.looseObject({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  history: z
    .array(z.looseObject({ created_by: z.string().optional(), empty_layer: z.boolean().optional() }))
    .nullish(),
})

/** The role that `publish` wrote into the history; it outlives a conversion to Docker's format, annotations do not. */
const roleOf = (by: string | undefined): string => /^antidote publish: (\w+)$/.exec(by ?? '')?.[1] ?? ''

/**
 * What a layout on disk holds: the image of a name, or its first one, every blob of it verified. Throws IMAGE_UNREADABLE
 * where there is none or one is not what its digest says, and IMAGE_FOREIGN where antidote did not publish it; `source`
 * is what people call it.
 */
export const readLayout = async (
  directory: string,
  source: string,
  ref?: string,
  signal?: AbortSignal,
): Promise<StandingImage> => {
  try {
    const { digest, manifest, texts } = await readVerified(directory, ref, signal)
    const delta = manifest.config.mediaType === DELTA ? parseDelta(texts.config) : undefined
    const { layers } = delta ? completedManifest(delta) : manifest
    const { config: said, history } = saidSchema.parse(JSON.parse(delta?.config ?? texts.config))
    const labels = said?.Labels ?? {}
    if (!labels[KEY_LABEL]) throw errors.imageForeign(source, KEY_LABEL)
    const written = (history ?? []).filter(({ empty_layer: empty }) => !empty)
    return {
      directory,
      digest,
      labels,
      layers: layers.map(({ digest, size, annotations }, at) => ({
        role: roleOf(written[at]?.created_by),
        digest,
        bytes: size,
        ...(annotations?.[REDISTRIBUTABLE] === 'false' && { redistributable: false }),
        ...(digest === delta?.missing.digest && { missing: true }),
      })),
      ...(delta && { delta }),
    }
  } catch (error) {
    signal?.throwIfAborted()
    if (isAntidoteError(error) && error.code !== 'FILE_UNREADABLE') throw error
    throw errors.imageUnreadable(source, messageOf(error).replace(/\.$/, ''))
  }
}

/** Makes sure that a layout which goes elsewhere still holds what was written. Throws IMAGE_UNREADABLE. */
export const checkLayout = async (
  { directory, refs, manifestDigest }: Pick<Layout, 'directory' | 'refs' | 'manifestDigest'>,
  signal?: AbortSignal,
): Promise<void> => {
  try {
    const { digest } = await readVerified(directory, refs[0], signal)
    if (digest !== manifestDigest) throw new Error(`it holds ${digest} and not ${manifestDigest}`)
  } catch (error) {
    signal?.throwIfAborted()
    throw errors.imageUnreadable(directory, messageOf(error).replace(/\.$/, ''))
  }
}
