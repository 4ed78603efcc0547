import { sha256 } from '../../base/files/digest.ts'
import type { Digest } from '../../base/model/layout.ts'
import type { Descriptor } from './blob.ts'
import { KEY_LABEL } from './config.ts'
import { readVerified } from './verified.ts'

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

/** What a layout on disk holds under a name; undefined where there is none, or where a blob of it is not what it should be. */
export const standingInLayout = async (
  directory: string,
  ref: string,
  signal?: AbortSignal,
): Promise<Standing | undefined> => {
  try {
    return standingOf((await readVerified(directory, ref, signal)).texts.manifest)
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
