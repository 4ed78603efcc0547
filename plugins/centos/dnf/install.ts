import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digestFiles, type Guest, type Need, type Step, toolset } from 'antidote'
import type { Repository } from '../repositories.ts'
import { errorOf, type Told } from './errors.ts'
import { fetchPackages, type Package } from './fetch.ts'
import { type Source, writeRequest } from './request.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const SCRIPT = join(HERE, 'transaction.py')
const ENTER = join(HERE, 'enter.sh')

/** dnf, rpm and what reads keys, over the toolbox. */
export const tools: Need = toolset(['cpio', 'dnf', 'gpg', 'python3-dnf', 'rpm', 'rpm2cpio'])

/** The scripts that install packages, for a tap's inputs. */
export const scripts = (): Record<string, string> => digestFiles(HERE, ['enter.sh', 'transaction.py'])

/** Where packages are installed, as the tools see it. */
export interface Root {
  path: string
  /** The tree at that path, if it is one that is being changed. */
  guest?: Guest
}

/** Directories of this host that repositories are in. */
const localDirectories = (repositories: readonly Repository[]): string[] =>
  repositories.flatMap(({ baseurl }) => (baseurl?.startsWith('file://') ? [fileURLToPath(baseurl)] : []))

/**
 * Installs packages in a root with the dnf of the tools: the tap must need `tools`. Every package is kept in the store
 * by its sum. Gives the files of the packages. Throws what dnf says as one error.
 */
export const install = async (
  step: Step,
  root: Root,
  source: Source,
  repositories: readonly Repository[],
  packages: readonly string[],
): Promise<string[]> => {
  const at = join(step.work, 'dnf')
  const keys = repositories.flatMap(({ key }) => (key ? [resolve(step.directory, key)] : []))
  const { file, env } = await writeRequest(at, source, { root: root.path, repositories, packages, keys })
  const transact = async (mode: 'resolve' | 'install'): Promise<Package[]> => {
    const result = join(at, `${mode}.json`)
    await step.run(['sh', ENTER, root.path, 'python3', SCRIPT, mode, file, result], {
      title: `dnf ${mode}`,
      tools: 'tools',
      network: true,
      mounts: true,
      unsynced: true,
      readable: [SCRIPT, ENTER, ...keys, ...localDirectories(repositories)],
      env,
      ...(root.guest && { edits: { [root.path]: root.guest } }),
    })
    const told = JSON.parse(await readFile(result, 'utf8')) as { packages?: Package[]; error?: Told }
    if (told.error) throw errorOf(told.error)
    return told.packages!
  }
  const wanted = await transact('resolve')
  step.log.info(`${wanted.length} packages`)
  await fetchPackages(step, wanted)
  await transact('install')
  return wanted.map(({ path }) => path)
}
