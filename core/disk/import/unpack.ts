import { join } from 'node:path'
import { damaged } from './damaged.ts'
import { readTelling } from './progress.ts'
import type { ImageFile, ImportStep } from './types.ts'

/** Programs that write what they unpack to standard output. */
const PROGRAMS = { xz: ['xz', '-dc'], gzip: ['gzip', '-dc'], zstd: ['zstd', '-dcq'] } as const

export type Compression = keyof typeof PROGRAMS

/** Writes its input, unpacked by "$@", to the file "$0", without the zeros of an empty disk. */
const SCRIPT = 'set -o pipefail; "$@" | dd of="$0" bs=1M conv=sparse iflag=fullblock status=none'

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
  await step
    .run(['bash', '-c', SCRIPT, out, ...PROGRAMS[compression]], {
      input: await readTelling(step.log, path, name, 'unpacked'),
      title: `${program} -dc ${name}`,
    })
    .catch((error: unknown) => {
      throw damaged(name, error)
    })
  return { path: out, name: inner, extents: [] }
}
