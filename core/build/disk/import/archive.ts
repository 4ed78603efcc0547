import { lstat, mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../../base/errors/catalogue.ts'
import { specialKind } from '../../../base/files/regular.ts'
import { fromOvf } from './ova.ts'
import { promised } from './recognise.ts'
import { tar } from './tar.ts'
import type { Archive, ImageFile, ImportStep } from './types.ts'
import { zip } from './zip.ts'

const ARCHIVES: Record<'tar' | 'zip', Archive> = { tar, zip }

/** Files that a descriptor names: they are disks only together with it. */
const EXTENT = /-(?:flat|[sf]\d+|delta)\.vmdk$/i

/** Names that lead nowhere but below a directory. */
const isPlain = (name: string): boolean =>
  name !== '' && !name.startsWith('/') && !name.split('/').includes('..') && !/[\0\n]/.test(name)

/** The one disk among the files of an archive, with the extents beside it. Throws DISK_CHOICE. */
const choose = (archive: string, names: readonly string[]): string => {
  const own = names.filter((name) => !/(^|\/)(__MACOSX\/|\._)/.test(name))
  const disks = own.filter((name) => (promised(name) || /\.img$/i.test(name)) && !EXTENT.test(name))
  const [only, ...more] = disks.length > 0 || own.length !== 1 ? disks : own
  if (only === undefined || more.length > 0) throw errors.diskChoice(archive, disks)
  return only
}

/**
 * Takes the disk out of an archive: the one that its OVF names, or the only one that it holds. Throws DISK_CHOICE,
 * DISK_MANIFEST, DISK_DAMAGED, DISK_REFUSED.
 */
export const takeOut = async (
  step: ImportStep,
  file: ImageFile,
  kind: 'tar' | 'zip',
  to: string,
): Promise<ImageFile> => {
  const archive = ARCHIVES[kind]
  const directory = join(step.work, to)
  await mkdir(directory)
  const names = (await archive.list(step, file)).filter(isPlain)
  const extract = async (wanted: readonly string[]): Promise<string[]> => {
    await archive.extract(step, file, wanted, directory)
    return Promise.all(wanted.map((name) => whole(file.name, directory, name)))
  }
  const ovf = names.filter((name) => /\.ovf$/i.test(name))
  if (ovf.length > 1) throw errors.diskChoice(file.name, ovf)
  if (ovf.length === 1) return fromOvf(step, file.name, names, ovf[0]!, extract)
  const disk = choose(file.name, names)
  const extents = /\.vmdk$/i.test(disk) ? names.filter((name) => EXTENT.test(name)) : []
  const [path, ...others] = await extract([disk, ...extents])
  return { path: path!, name: disk.split('/').at(-1)!, extents: others }
}

/** A file that was written where it should be: not a link that leads elsewhere, nor something that cannot be read. */
const whole = async (archive: string, directory: string, name: string): Promise<string> => {
  const path = join(directory, name)
  if ((await realpath(path)) !== join(await realpath(directory), name))
    throw errors.diskRefused(archive, `${name} in it is a link`)
  const kind = specialKind(await lstat(path))
  if (kind) throw errors.diskRefused(archive, `${name} in it is ${kind}, not a file`)
  return path
}
