import { type Attributes, elements } from './xml.ts'

/** A disk that an OVF descriptor names: the file with its content, if it has one. */
export interface OvfDisk {
  id: string
  /** A relative URI, as it stands there. */
  file: string | undefined
  /** The file is cut into parts, which no tool makes any more. */
  chunked: boolean
}

/** The disks of an OVF descriptor. Source: DMTF DSP0243, 7.1 (References) and 9.1 (DiskSection). */
export const ovfDisks = (xml: string): OvfDisk[] => {
  const found = elements(xml, ['File', 'Disk'])
  const files = new Map<string, Attributes>()
  for (const { name, attributes } of found)
    if (name === 'File' && attributes.id !== undefined && !files.has(attributes.id))
      files.set(attributes.id, attributes)
  return found
    .filter(({ name, attributes }) => name === 'Disk' && attributes.diskId !== undefined)
    .map(({ attributes: { diskId, fileRef } }) => {
      const file = fileRef === undefined ? undefined : files.get(fileRef)
      return { id: diskId!, file: file?.href, chunked: file?.chunkSize !== undefined }
    })
}

/**
 * The names that a URI of a descriptor may mean: what it encodes (`My%20disk.vmdk`), and the URI itself, since many
 * tools write names as they are.
 */
export const namesOf = (uri: string): string[] => {
  try {
    return [...new Set([uri, decodeURIComponent(uri)])]
  } catch {
    // a name with a `%` of its own
    return [uri]
  }
}

/** One line of a manifest: "SHA256(disk.vmdk)= 0123…". Source: DMTF DSP0243, 6.4. */
export interface ManifestSum {
  algorithm: 'sha1' | 'sha256' | 'sha512'
  file: string
  sum: string
}

/** The sums of a manifest, of the algorithms that the standard has. */
export const manifestSums = (text: string): ManifestSum[] =>
  text.split('\n').flatMap((line) => {
    const [, bits, file, sum] = /^SHA(1|256|512)\s*\(([^)]+)\)\s*=\s*([0-9a-f]+)\s*$/i.exec(line) ?? []
    if (sum === undefined) return []
    return [{ algorithm: `sha${bits}` as ManifestSum['algorithm'], file: file!, sum: sum.toLowerCase() }]
  })
