import { readFile } from 'node:fs/promises'
import { posix } from 'node:path'
import { errors } from '../../errors/catalogue.ts'
import { manifestSums, ovfDisks } from './ovf.ts'
import type { ImageFile, ImportStep } from './types.ts'

/** Takes the disk out of an archive that its OVF descriptor names, and checks it against the manifest beside it. */
export const fromOvf = async (
  step: ImportStep,
  archive: string,
  names: readonly string[],
  ovf: string,
  extract: (names: readonly string[]) => Promise<string[]>,
): Promise<ImageFile> => {
  const mf = names.find((name) => name === ovf.replace(/\.ovf$/i, '.mf'))
  const [descriptor, manifest] = await extract([ovf, ...(mf === undefined ? [] : [mf])])
  const disks = ovfDisks(await readFile(descriptor!, 'utf8'))
  const empty = disks.filter(({ file }) => file === undefined)
  const full = disks.filter(({ file }) => file !== undefined)
  const [disk, ...more] = full
  if (!disk || more.length > 0)
    throw errors.diskChoice(
      archive,
      full.map(({ file }) => file!),
    )
  if (disk.chunked) throw errors.diskRefused(archive, `${disk.file} is cut into parts`)
  for (const { id } of empty)
    step.log.warn(`${archive} also wants an empty disk, "${id}", which is left out.`)
  const wanted = posix.join(posix.dirname(ovf), disk.file!)
  const name = names.find((one) => posix.normalize(one) === wanted)
  if (name === undefined) throw errors.diskDamaged(archive, `its OVF names ${disk.file}, which is not in it`)
  const [path] = await extract([name])
  if (manifest !== undefined) {
    const sums = manifestSums(await readFile(manifest, 'utf8'))
    for (const [file, at] of [
      [posix.basename(ovf), descriptor!],
      [disk.file!, path!],
    ] as const)
      for (const sum of sums) if (sum.file === file) await verify(step, archive, sum, at)
  }
  return { path: path!, name: posix.basename(name), extents: [] }
}

const verify = async (
  step: ImportStep,
  archive: string,
  { algorithm, file, sum }: ReturnType<typeof manifestSums>[number],
  path: string,
): Promise<void> => {
  const { stdout } = await step.run([`${algorithm}sum`, '--', path], { onLine: () => {} })
  const got = /^\\?([0-9a-f]+)/.exec(stdout)![1]!
  if (got !== sum) throw errors.diskManifest(archive, file, algorithm, sum, got)
}
