import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError } from '../base/errors/error.ts'
import { randomName } from '../base/files/digest.ts'
import { type Namespace, runIn } from './namespace/namespace.ts'

/** How a step changes a tree: in a layer over those of earlier steps, or in a copy of them. */
export type Layering = 'overlay' | 'copies'

/** Changes an overlay as a build does. */
const CHANGE = 'cd /tree; rm file; rm -r directory; mkdir directory; [ ! -e file ]; [ ! -e directory/file ]'

const lastLine = (error: unknown): string => {
  if (!isAntidoteError(error) || error.code !== 'COMMAND_FAILED') throw error
  const lines = error.details.lines?.filter((line) => !line.includes('dmesg(1)'))
  return (lines?.at(-1) ?? error.message).replace(/^enter: /, '').replace(/\.$/, '')
}

const probe = async (store: string, signal?: AbortSignal): Promise<Layering> => {
  const operations: Namespace['operations'] = [{ host: true }]
  try {
    await runIn({ operations, mounts: true })(['true'], { signal })
  } catch (error) {
    throw errors.namespaceFailed(lastLine(error))
  }
  const directory = await mkdtemp(join(store, 'tmp', 'layering-'))
  const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => join(directory, name)) as [
    string,
    string,
    string,
  ]
  await mkdir(join(lower, 'directory'), { recursive: true })
  await mkdir(upper)
  await mkdir(work)
  await writeFile(join(lower, 'file'), '')
  await writeFile(join(lower, 'directory/file'), '')
  try {
    const edit = { edit: { at: '/tree', lower: [lower], upper, work } }
    await runIn({ operations: [...operations, edit] })(['sh', '-ec', CHANGE], { signal })
    return 'overlay'
  } catch (error) {
    lastLine(error)
    return 'copies'
  } finally {
    const clean = runIn({ operations: [...operations, { bind: directory }] })
    await clean(['rm', '-rf', '--', lower, upper, work])
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * How the trees of a store are changed: overlayfs writes to most file systems, but not to another overlay, as containers
 * have one, nor to those of networks. It is tried once between two starts of the host. Throws NAMESPACE_FAILED.
 */
export const layeringOf = async (store: string, signal?: AbortSignal): Promise<Layering> => {
  const file = join(store, 'layering.json')
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()
  const tried = JSON.stringify([boot, (await stat(store)).dev, process.getuid?.()])
  const known = await readFile(file, 'utf8').then(
    (text) => text.split('\n'),
    () => [],
  )
  if (known[0] === tried && (known[1] === 'overlay' || known[1] === 'copies')) return known[1]
  const layering = await probe(store, signal)
  const draft = join(store, 'tmp', `layering-${randomName()}`)
  await writeFile(draft, `${tried}\n${layering}\n`)
  await rename(draft, file)
  return layering
}
