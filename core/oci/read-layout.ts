import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../errors/error.ts'
import { readText } from '../files/regular.ts'
import { blobPath, type Descriptor, type Digest } from './blob.ts'
import { KEY_LABEL, REDISTRIBUTABLE } from './config.ts'
import { completedManifest, DELTA, type Delta, parseDelta } from './delta.ts'

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

interface Index {
  manifests: Descriptor[]
}
interface Manifest {
  config?: Descriptor
  layers?: Descriptor[]
}
interface Config {
  config?: { Labels?: Record<string, string> }
  history?: { created_by?: string; empty_layer?: boolean }[]
}

const REF = 'org.opencontainers.image.ref.name'

/** The role that `publish` wrote into the history; it outlives a conversion to Docker's format, annotations do not. */
const roleOf = (by: string | undefined): string => /^antidote publish: (\w+)$/.exec(by ?? '')?.[1] ?? ''

const pick = ({ manifests }: Index, ref: string | undefined): Descriptor => {
  const found = ref ? manifests.find(({ annotations }) => annotations?.[REF] === ref) : manifests[0]
  if (!found) throw new Error(ref ? `it has nothing of the name ${ref}` : 'it is empty')
  return found
}

/**
 * What a layout on disk holds: the image of a name, or its first one. Throws IMAGE_UNREADABLE where there is none, and
 * IMAGE_FOREIGN where antidote did not publish it; `source` is what people call it.
 */
export const readLayout = async (directory: string, source: string, ref?: string): Promise<StandingImage> => {
  const json = <T>(path: string): T => JSON.parse(readText(path)) as T
  try {
    const { digest } = pick(json<Index>(join(directory, 'index.json')), ref)
    const manifest = json<Manifest>(blobPath(directory, digest))
    if (!manifest.config) throw new Error('its first entry is no image')
    const text = readText(blobPath(directory, manifest.config.digest))
    const delta = manifest.config.mediaType === DELTA ? parseDelta(text) : undefined
    const { layers = [] } = delta ? completedManifest(delta) : manifest
    const { config: said, history = [] } = JSON.parse(delta?.config ?? text) as Config
    const { Labels: labels = {} } = said ?? {}
    if (!labels[KEY_LABEL]) throw errors.imageForeign(source, KEY_LABEL)
    const written = history.filter(({ empty_layer: empty }) => !empty)
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
    if (isAntidoteError(error) && error.code !== 'FILE_UNREADABLE') throw error
    throw errors.imageUnreadable(source, messageOf(error).replace(/\.$/, ''))
  }
}
