import { readFile, stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { errors } from '../../../base/errors/catalogue.ts'
import { formatBytes } from '../../../base/text/bytes.ts'
import { type ManifestSum, manifestSums, namesOf, ovfDisks } from './ovf.ts'
import type { ImageFile, ImportStep } from './types.ts'

/** Bytes of a descriptor or manifest: those of real appliances have some kB. */
const LARGEST = 16 * 1024 * 1024

const textOf = async (archive: string, path: string): Promise<string> => {
  if ((await stat(path)).size > LARGEST)
    throw errors.diskRefused(archive, `${posix.basename(path)} in it is larger than ${formatBytes(LARGEST)}`)
  return readFile(path, 'utf8')
}

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
  const disks = ovfDisks(await textOf(archive, descriptor!))
  const empty = disks.filter(({ file }) => file === undefined)
  const full = disks.filter(({ file }) => file !== undefined)
  const [disk, ...more] = full
  if (!disk || more.length > 0)
    throw errors.diskChoice(
      archive,
      full.map(({ file }) => file!),
    )
  if (disk.chunked) throw errors.diskRefused(archive, `${disk.file} is cut into parts`)
  if (empty.length === 1)
    step.log.warn(`${archive} also wants an empty disk, "${empty[0]!.id}", which is left out.`)
  if (empty.length > 1)
    step.log.warn(`${archive} also wants ${empty.length} empty disks, which are left out.`)
  const named = namesOf(disk.file!)
  const wanted = named.map((one) => posix.join(posix.dirname(ovf), one))
  const name = names.find((one) => wanted.includes(posix.normalize(one)))
  if (name === undefined) throw errors.diskDamaged(archive, `its OVF names ${disk.file}, which is not in it`)
  const [path] = await extract([name])
  if (manifest !== undefined) {
    const sums = manifestSums(await textOf(archive, manifest))
    await verify(step, archive, sums, [posix.basename(ovf)], descriptor!)
    await verify(step, archive, sums, named, path!)
  }
  return { path: path!, name: posix.basename(name), extents: [] }
}

/** Compares a file with every sum that the manifest has for it by one of its names. Throws DISK_MANIFEST. */
const verify = async (
  step: ImportStep,
  archive: string,
  sums: readonly ManifestSum[],
  names: readonly string[],
  path: string,
): Promise<void> => {
  const got = new Map<string, string>()
  for (const { algorithm, file, sum } of sums) {
    if (!names.includes(file)) continue
    // once, however often the manifest repeats it
    if (!got.has(algorithm)) {
      const { stdout } = await step.run([`${algorithm}sum`, '--', path], { onLine: () => {} })
      got.set(algorithm, /^\\?([0-9a-f]+)/.exec(stdout)![1]!)
    }
    if (got.get(algorithm) !== sum)
      throw errors.diskManifest(archive, file, algorithm, sum, got.get(algorithm)!)
  }
}
