import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256 } from '../digest.ts'
import { isMissing, readText } from '../files/regular.ts'
import { blobPath, type Descriptor, type Digest } from './blob.ts'
import { KEY_LABEL } from './config.ts'

/** What stands somewhere under a name: in a registry, in a layout, in an engine. */
export interface Standing {
  /** The image key; undefined for what antidote did not publish. */
  readonly key: string | undefined
  /** Of the manifest; an engine does not keep it. */
  readonly digest?: Digest
  /** Of the layers together, compressed. */
  readonly bytes?: number
}

interface Manifest {
  config?: Descriptor
  layers?: Descriptor[]
  annotations?: Record<string, string>
}

/** Reads a manifest as a registry gave it; its digest is that of its bytes. */
export const standingOf = (text: string): Standing => {
  const { layers = [], annotations } = JSON.parse(text) as Manifest
  return {
    key: annotations?.[KEY_LABEL],
    digest: `sha256:${sha256(text)}`,
    bytes: layers.reduce((sum, { size }) => sum + size, 0),
  }
}

/** What a layout on disk holds under a name; undefined where there is none, or where a blob of it is missing. */
export const standingInLayout = async (directory: string, ref: string): Promise<Standing | undefined> => {
  try {
    const index = JSON.parse(readText(join(directory, 'index.json'))) as {
      manifests: Descriptor[]
    }
    const entry = index.manifests.find(
      ({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === ref,
    )
    if (!entry) return undefined
    const text = readText(blobPath(directory, entry.digest))
    const { config, layers = [] } = JSON.parse(text) as Manifest
    for (const { digest, size } of [...layers, ...(config ? [config] : [])])
      if ((await stat(blobPath(directory, digest))).size !== size) return undefined
    return standingOf(text)
  } catch (error) {
    const missing = isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (missing || error instanceof SyntaxError) return undefined
    throw error
  }
}
