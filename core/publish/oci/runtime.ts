import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { KEPT_CAPABILITIES, QEMU_USER } from '../../base/model/container-rights.ts'
import type { Tools } from '../../base/process/tools.ts'
import { LAUNCHER, RUNTIME_FILES, RUNTIME_PROGRAMS, runtimeEtc, START } from './runtime-files.ts'
import type { LayerFile } from './tar.ts'
import { follow } from './tree-path.ts'

/**
 * How a container of ours starts: as QEMU's user, with the capabilities that the launcher uses of those that there are. The launcher computes nothing that is worth compiling, and it runs beside every
 * machine: V8 interprets it, in 3 MB less, and its memory does not grow with each probe.
 */
export const ENTRYPOINT = [
  '/usr/bin/perl',
  `/${START}`,
  String(QEMU_USER),
  KEPT_CAPABILITIES.join(),
  '/dev/kvm:/dev/net/tun',
  '/usr/bin/node',
  '--jitless',
  // the one thing that needs compiled code, and would be warned of
  '--no-expose-wasm',
  '--optimize-for-size',
  '--max-semi-space-size=1',
  '--max-old-space-size=64',
  `/${LAUNCHER}`,
]

/** The shared libraries that programs load, by path, the dynamic linker included: what ldd(1) prints. */
const librariesOf = async (programs: readonly string[], run: Tools['run']): Promise<string[]> => {
  const { stdout } = await run(['ldd', ...programs])
  return [...new Set(stdout.match(/(?<=\s)\/\S+(?= \(0x)/g) ?? [])]
}

/** The package that each file of a Debian tree is from. */
const packagesOf = async (tree: string, files: ReadonlySet<string>): Promise<Set<string>> => {
  const info = join(tree, 'var/lib/dpkg/info')
  const lists = (await readdir(info)).filter((name) => name.endsWith('.list'))
  const owners = new Set<string>()
  for (const list of lists) {
    const lines = (await readFile(join(info, list), 'utf8')).split('\n')
    if (lines.some((line) => files.has(line.slice(1)))) owners.add(list.replace(/(:\w+)?\.list$/, ''))
  }
  return owners
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/**
 * What every image needs to run its machine, cut from the toolbox: QEMU, Node.js and the network tools with their
 * libraries and firmware, the licences of all of it, and the launcher. Modes are the toolbox's own.
 */
export const cutRuntime = async (
  toolbox: string,
  launcher: string,
  run: Tools['run'],
): Promise<LayerFile[]> => {
  const paths = [...RUNTIME_PROGRAMS, ...(await librariesOf(RUNTIME_PROGRAMS, run)), ...RUNTIME_FILES]
  const files = new Set<string>()
  for (const path of paths) {
    for (const step of await follow(toolbox, path)) files.add(step)
  }
  const packages = await packagesOf(toolbox, files)
  const licences: string[] = []
  for (const name of packages) {
    const licence = `/usr/share/doc/${name}/copyright`
    if (await exists(join(toolbox, licence))) licences.push(...(await follow(toolbox, licence)))
  }
  return [
    ...[...new Set([...files, ...licences])].map((path) => ({ path, source: join(toolbox, path) })),
    { path: LAUNCHER, source: launcher, mode: 0o755 },
    ...runtimeEtc,
  ]
}
