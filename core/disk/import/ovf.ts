/** A disk that an OVF descriptor names: the file with its content, if it has one. */
export interface OvfDisk {
  id: string
  file: string | undefined
  /** The file is cut into parts, which no tool makes any more. */
  chunked: boolean
}

const unescaped = (text: string): string =>
  text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => {
    return { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' }[entity]!
  })

/** The attributes of every element of a name, whatever its prefix. */
const elements = (xml: string, name: string): Record<string, string>[] =>
  [...xml.matchAll(new RegExp(`<(?:[\\w.-]+:)?${name}(\\s[^<>]*)>`, 'g'))].map(([, attributes]) =>
    Object.fromEntries(
      [...attributes!.matchAll(/(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(
        ([, key, double, single]) => [key, unescaped(double ?? single ?? '')],
      ),
    ),
  )

/** The disks of an OVF descriptor. Source: DMTF DSP0243, 7.1 (References) and 9.1 (DiskSection). */
export const ovfDisks = (source: string): OvfDisk[] => {
  const xml = source.replace(/<!--[\s\S]*?-->/g, '')
  const files = elements(xml, 'File')
  return elements(xml, 'Disk')
    .filter((disk) => disk.diskId !== undefined)
    .map((disk) => {
      const file = files.find(({ id }) => id !== undefined && id === disk.fileRef)
      return { id: disk.diskId!, file: file?.href, chunked: file?.chunkSize !== undefined }
    })
}

/** One line of a manifest: "SHA256(disk.vmdk)= 0123…". Source: DMTF DSP0243, 6.4. */
export interface ManifestSum {
  algorithm: 'sha1' | 'sha256' | 'sha512'
  file: string
  sum: string
}

/** The sums of a manifest, of the algorithms that the standard has. */
export const manifestSums = (text: string): ManifestSum[] =>
  [...text.matchAll(/^SHA(1|256|512)\s*\(([^)\n]+)\)\s*=\s*([0-9a-f]+)\s*$/gim)].map(
    ([, bits, file, sum]) => ({
      algorithm: `sha${bits}` as ManifestSum['algorithm'],
      file: file!,
      sum: sum!.toLowerCase(),
    }),
  )
