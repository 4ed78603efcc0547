import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digestFiles, type Guest, type Need, type Step, toolset } from 'antidote'
import { localDirectories, type Repository } from '../repositories.ts'
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

/** What one transaction does. */
export interface Transaction {
  root: Root
  source: Source
  repositories: readonly Repository[]
  packages: readonly string[]
  /** Source packages that are fetched and checked, by name. */
  sources?: readonly string[]
  /** Package files that were made here, and so are signed by nobody. */
  own?: readonly string[]
}

interface Found {
  packages: Package[]
  sources: Package[]
}

/** The files of what a transaction took. */
export interface Taken {
  packages: string[]
  sources: string[]
}

/**
 * Installs packages in a root with the dnf of the tools: the tap must need `tools`. Every package is kept in the store
 * by its sum. Throws what dnf says as one error.
 */
export const install = async (step: Step, transaction: Transaction): Promise<Taken> => {
  const { root, source, repositories, packages, sources = [], own = [] } = transaction
  const at = join(step.work, 'dnf')
  const keys = repositories.flatMap(({ key }) => (key ? [resolve(step.directory, key)] : []))
  const wanted = { root: root.path, repositories, packages, sources, own, keys }
  const { file, env } = await writeRequest(at, source, wanted)
  const transact = async (mode: 'resolve' | 'install'): Promise<Found> => {
    const result = join(at, `${mode}.json`)
    await step.run(['sh', ENTER, root.path, 'python3', SCRIPT, mode, file, result], {
      title: `dnf ${mode}`,
      tools: 'tools',
      network: true,
      mounts: true,
      unsynced: true,
      readable: [SCRIPT, ENTER, ...keys, ...own, ...localDirectories(repositories)],
      env,
      ...(root.guest && { edits: { [root.path]: root.guest } }),
    })
    // not read from here: scripts of packages can have put a link there
    const { stdout } = await step.run(['cat', result], { onLine: () => {} })
    const told = JSON.parse(stdout) as Found & { error?: Told }
    if (told.error) throw errorOf(told.error)
    return told
  }
  const found = await transact('resolve')
  const count = found.packages.length + own.length
  step.log.info(`${count} ${count === 1 ? 'package' : 'packages'}`)
  await fetchPackages(step, [...found.packages, ...found.sources])
  await transact('install')
  const paths = (all: Package[]) => all.map(({ path }) => path)
  return { packages: paths(found.packages), sources: paths(found.sources) }
}
