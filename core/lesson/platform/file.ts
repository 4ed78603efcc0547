import { stringify } from 'yaml'
import { errors } from '../../base/errors/catalogue.ts'
import { isMissing, readText } from '../../base/files/regular.ts'
import { writeWhole } from '../../publish/oci/blob.ts'
import type { PlatformMeta } from './meta.ts'

/** How the file is called that the platform reads. */
export const META_FILE = 'image.meta.yaml'

const FIRST_LINE = '# Written by antidote from antidote.config.ts: change that, and publish with --meta.'

/** Every text in quotes: in YAML 1.1, which the platform reads, "no" and "on" are no words. */
const QUOTED = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const

/** image.meta.yaml as text. */
export const metaText = (meta: PlatformMeta): string => `${FIRST_LINE}\n---\n${stringify(meta, QUOTED)}`

const read = (file: string): string | undefined => {
  try {
    return readText(file)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Makes sure that a file is ours to write: not there, or written by us. Throws META_FOREIGN. */
export const checkMetaFile = async (file: string): Promise<void> => {
  const there = read(file)
  if (there !== undefined && !there.startsWith(FIRST_LINE)) throw errors.metaForeign(file)
}

/** Writes image.meta.yaml whole or not at all, and only if it says something else. Throws META_FOREIGN. */
export const writeMetaFile = async (file: string, meta: PlatformMeta): Promise<void> => {
  await checkMetaFile(file)
  const text = metaText(meta)
  if (read(file) !== text) await writeWhole(file, text)
}
