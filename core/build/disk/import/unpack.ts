import { join } from 'node:path'
import { lastLines } from '../../../base/text/lines.ts'
import { damagedBy } from './damaged.ts'
import { readTelling } from './progress.ts'
import type { ImageFile, ImportStep } from './types.ts'

/** Programs that write what they unpack to standard output. */
const PROGRAMS = { xz: ['xz', '-dc'], gzip: ['gzip', '-dc'], zstd: ['zstd', '-dcq'] } as const

export type Compression = keyof typeof PROGRAMS

/** Writes its input, unpacked by "$@", to the file "$0", without the zeros of an empty disk. */
const SCRIPT = 'set -o pipefail; "$@" | dd of="$0" bs=1M conv=sparse iflag=fullblock status=none'

/**
 * gzip's exit status for a warning, and the only one of its warnings that leaves the content whole: bytes after the
 * stream, such as the signature that OpenWrt puts behind its images. The stream itself has passed its CRC and length then.
 */
const GZIP_WARNING = 2
const TRAILING = /trailing garbage ignored/

/** Unpacks a compressed file into the step's own directory. Throws DISK_DAMAGED. */
export const unpack = async (
  step: ImportStep,
  { path, name }: ImageFile,
  compression: Compression,
  to: string,
): Promise<ImageFile> => {
  const inner = name.replace(/\.(?:xz|gz|zst)$/i, '')
  const out = join(step.work, to)
  const [program] = PROGRAMS[compression]
  const { code, stdout, stderr } = await step.run(['bash', '-c', SCRIPT, out, ...PROGRAMS[compression]], {
    input: await readTelling(step.log, path, name, 'unpacked'),
    title: `${program} -dc ${name}`,
    allowFailure: true,
  })
  if (compression === 'gzip' && code === GZIP_WARNING && TRAILING.test(stderr))
    step.log.warn(`${name} has bytes after its gzip stream, such as a signature; they are left out.`)
  else if (code !== 0) throw damagedBy(name, lastLines(stdout, stderr), `exit status ${code}`)
  return { path: out, name: inner, extents: [] }
}
