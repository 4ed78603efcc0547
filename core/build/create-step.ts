import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Cleanup } from '../base/async/cleanup.ts'
import { errors } from '../base/errors/catalogue.ts'
import type { Disk, Tree } from '../base/model/artifact.ts'
import type { FileRef } from '../base/model/file-ref.ts'
import type { Logger } from '../base/model/logger.ts'
import { reveal, type Secret } from '../base/model/secret.ts'
import type { Image } from '../contract/config/image.ts'
import type { Step, StepMachine } from '../contract/plugin/step.ts'
import { TOOLSET_LAYER } from '../contract/plugin/toolset.ts'
import type { Guest } from '../machine/guest/guest.ts'
import { takeBackNames } from '../machine/guest/host-names.ts'
import { TreeGuest, type TreeMount } from '../machine/guest/tree.ts'
import { download } from '../store/download/download.ts'
import type { StepNetwork } from '../store/namespace/namespace.ts'
import { unsynced } from '../store/namespace/unsynced.ts'
import type { Draft, Store } from '../store/store.ts'
import type { Toolbox } from '../store/toolbox/toolbox.ts'
import { bootDisk } from './checkpoint/boot.ts'
import type { BuildMachines, MachineWorld } from './checkpoint/context.ts'
import { shutdownDisk } from './checkpoint/shutdown.ts'
import type { WorkMachine } from './checkpoint/work-machine.ts'
import { maskable } from './secrets.ts'
import { refuseStrange } from './strange.ts'
import { lowerDirectories, mountTree } from './tree-mount.ts'

/** What a step is made of. */
export interface StepParts {
  image: Image
  store: Store
  /** Made when the first command asks for it. */
  toolbox: () => Promise<Toolbox>
  /** The network of programs of trees; made when the first of them starts. */
  network: () => Promise<StepNetwork>
  draft: Draft
  key: string
  machines: BuildMachines
  /** Keys of what the tap needs, by name. */
  needs: Readonly<Record<string, string>>
  cleanup: Cleanup
  log: Logger
  signal: AbortSignal
  /** The secrets to keep out of the log. */
  masked: Set<string>
}

/** The world as one step sees it. */
export const createStep = async (parts: StepParts): Promise<Step> => {
  const { store, toolbox, draft, cleanup, log, signal } = parts
  const out = draft.directory
  const work = `${draft.directory}.work`
  // what is written without looking: no command has it where it could put a link
  const own = `${draft.directory}.own`
  await mkdir(work)
  await mkdir(own)
  cleanup.defer(() => store.deleteTemporary(work, own))
  let layers = 0
  const mounts = new Map<Guest, TreeMount>()
  /** Opens a shell where the step last worked. */
  let last: (() => Promise<number | undefined>) | undefined
  const onLine = (line: string) => log.line(line)
  const enterTree = async (tree: Tree, name: string, upper: string) => {
    const directories = {
      upper,
      work: join(own, `${name}.overlay`),
      scaffold: join(own, `${name}.scaffold`),
    }
    const { mount, finish } = await mountTree(store, tree, directories, await parts.network())
    const guest = new TreeGuest({ ...mount, signal, onLine })
    mounts.set(guest, mount)
    last = () => guest.interactive(['sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh'])
    return { guest, finish }
  }
  const editTree = async (tree: Tree, change: (guest: Guest) => Promise<void>): Promise<Tree> => {
    const name = `layer-${layers++}`
    const { guest, finish } = await enterTree(tree, name, join(out, name))
    await change(guest)
    await takeBackNames(join(out, name), guest)
    return { ...tree, layers: await finish({ step: parts.key, path: name }) }
  }
  const machineWorld = async (): Promise<MachineWorld> => ({
    ...parts.machines,
    key: parts.key,
    out,
    work: own,
    tools: await toolbox(),
    log,
    signal,
    path: (ref) => store.path(ref),
    defer: (clean) => cleanup.defer(clean),
  })
  const enter =
    (act: (machine: StepMachine) => Promise<void> = async () => {}) =>
    (machine: WorkMachine) => {
      last = () => machine.shell()
      return act(machine)
    }
  let machines = 0
  const boot = async (disk: Disk, act: (machine: StepMachine) => Promise<void>) =>
    bootDisk(await machineWorld(), disk, `machine-${machines++}`, enter(act))
  return {
    directory: parts.image.directory,
    signal,
    log,
    out,
    work,
    run: async (argv, { unsynced: eager, tools, network, ...options } = {}) => {
      const foreign = options.mounts || options.edits !== undefined
      const trees = Object.fromEntries(
        Object.entries(options.trees ?? {}).map(([at, tree]) => [at, lowerDirectories(store, tree)]),
      )
      const edits = Object.fromEntries(
        Object.entries(options.edits ?? {}).map(([at, guest]) => {
          const mount = mounts.get(guest)
          if (!mount) throw errors.notOfTree(at)
          return [at, { lower: mount.lower, upper: mount.upper, work: mount.work }]
        }),
      )
      const needs = Object.values(parts.needs).map((key) => store.entryDirectory(key))
      const filter = join(own, 'unsynced.bpf')
      try {
        return await (await toolbox()).run(eager ? await unsynced(argv, filter) : argv, {
          title: argv.join(' '),
          signal,
          onLine,
          ...options,
          ...(network && { network: foreign ? await parts.network() : true }),
          trees,
          edits,
          ...(tools !== undefined && {
            layers: [join(store.entryDirectory(parts.needs[tools]!), TOOLSET_LAYER)],
          }),
          readable: [...needs, ...(eager ? [filter] : []), ...(options.readable ?? [])],
          writable: [out, work, ...(options.writable ?? [])],
        })
      } finally {
        if (foreign) await refuseStrange([out, work])
      }
    },
    download: (file) => download(store, file, { signal, onProgress: (text) => log.info(text) }),
    edit: async <A extends Tree | Disk>(artifact: A, change: (guest: Guest) => Promise<void>) =>
      (artifact.kind === 'disk'
        ? await boot(artifact, async (machine) => change(await machine.guest()))
        : await editTree(artifact, change)) as A,
    boot,
    shutdown: async (disk, act) =>
      disk.checkpoint ? shutdownDisk(await machineWorld(), disk, disk.checkpoint, enter(act)) : disk,
    visit: async (tree, act) => {
      const name = `visit-${layers++}`
      return act((await enterTree(tree, name, join(own, name))).guest)
    },
    shell: async () => last?.(),
    need: (name) => store.entryDirectory(parts.needs[name]!),
    path: (ref: FileRef) => store.path(ref),
    ref: (path, need) => ({ step: need === undefined ? parts.key : parts.needs[need]!, path }),
    mask: (value: string | Secret) => {
      for (const text of maskable(reveal(value))) parts.masked.add(text)
    },
    defer: (clean) => cleanup.defer(clean),
  }
}
