import { join } from 'node:path'
import { SOURCE_DATE_EPOCH } from '../../base/model/epoch.ts'
import type { Run, RunOptions } from '../../base/process/run.ts'
import type { Layering } from '../layering.ts'
import {
  type Namespace,
  type Operation,
  type Overlay,
  runIn,
  type StepNetwork,
  startIn,
} from '../namespace/namespace.ts'
import type { Store } from '../store.ts'
import { hostMirror, sourceLines } from './mirror.ts'
import { stepNetwork } from './network.ts'
import { aptOptions, PACKAGES, SUITE, slimOptions, toolboxDescribed, toolboxKey } from './recipe.ts'

/** Options of a command in the toolbox. */
export interface ToolboxOptions extends RunOptions {
  /** Directories and files of the host it sees at their own paths. */
  readable?: readonly string[]
  writable?: readonly string[]
  /** Directories and files of the host that it sees elsewhere, read-only, by where. */
  views?: Readonly<Record<string, string>>
  /** Directories over the toolbox, the topmost first: further tools. */
  layers?: readonly string[]
  /** Overlays it sees, read-only: the layers' directories, the topmost first, by where. */
  trees?: Readonly<Record<string, readonly string[]>>
  /** Overlays that it changes, by where. */
  edits?: Readonly<Record<string, Overlay>>
  /** With `true` the host's network; without it there is none. */
  network?: boolean | StepNetwork
  /** Let it mount, as the makers of trees must. */
  mounts?: boolean
}

/** Who is told while the toolbox is made. */
export interface ToolboxWatcher {
  signal?: AbortSignal | undefined
  onStart?: () => void
  onWait?: () => void
  onLine?: (line: string) => void
  onDamage?: (reason: string) => void
}

/** The tools of every build: a Debian tree of our own, so that nothing depends on the host's versions. */
export class Toolbox {
  readonly tree: string
  readonly #layering: Layering

  private constructor(tree: string, layering: Layering) {
    this.tree = tree
    this.#layering = layering
  }

  /** The toolbox of a store; makes it first where it is missing. */
  static async ensure(store: Store, watcher: ToolboxWatcher = {}): Promise<Toolbox> {
    const layering = await store.layering(watcher.signal)
    const toolbox = new Toolbox(join(store.entryDirectory(toolboxKey), 'tree'), layering)
    if (await store.verified(toolboxKey, watcher.onDamage)) return toolbox
    const lock = await store.lock(toolboxKey, {
      signal: watcher.signal,
      ...(watcher.onWait && { onWait: watcher.onWait }),
    })
    try {
      if (!(await store.verified(toolboxKey))) await make(store, watcher)
    } finally {
      await lock?.release()
    }
    return toolbox
  }

  #stack(layers: readonly string[]): string[] {
    const stack = [...layers, this.tree]
    // the topmost is the whole where it is a copy of what is below it
    return this.#layering === 'copies' ? stack.slice(0, 1) : stack
  }

  #namespace(options: ToolboxOptions): Namespace {
    const { readable = [], writable = [], views = {}, layers = [], trees = {}, edits = {} } = options
    const { network, mounts, env, cwd } = options
    const operations: Operation[] = [
      { tools: this.#stack(layers) },
      ...readable.map((path) => ({ bind: path, readOnly: true })),
      ...writable.map((path) => ({ bind: path })),
      ...Object.entries(views).map(([at, bind]) => ({ bind, at, readOnly: true })),
      ...Object.entries(trees).map(([at, lower]) => ({ view: { at, lower } })),
      ...Object.entries(edits).map(([at, overlay]) => ({ edit: { at, ...overlay } })),
    ]
    return {
      operations,
      environment: { SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH), ...env },
      ...(network && { network: network === true ? 'host' : network }),
      ...(mounts && { mounts }),
      ...(cwd && { cwd }),
    }
  }

  /** The network of programs that antidote does not vouch for; of this host's loopback it has these TCP ports. */
  network(ports: readonly number[]): Promise<StepNetwork> {
    return stepNetwork(this.#stack([]), ports)
  }

  /** Runs a tool to its end. */
  run(argv: readonly string[], options: ToolboxOptions = {}): ReturnType<Run> {
    const { cwd: _cwd, env: _env, ...rest } = options
    return runIn(this.#namespace(options))(argv, rest)
  }

  /** Starts a tool and leaves it to the caller. It dies with this process. */
  start(argv: readonly string[], options: ToolboxOptions = {}): ReturnType<typeof startIn> {
    const { cwd: _cwd, env: _env, ...rest } = options
    return startIn(this.#namespace(options), argv, rest as RunOptions)
  }
}

const make = async (store: Store, watcher: ToolboxWatcher): Promise<void> => {
  watcher.onStart?.()
  const began = Date.now()
  const draft = await store.draft(toolboxKey)
  try {
    const target = join(draft.directory, 'tree')
    const namespace: Namespace = {
      operations: [{ host: true }, { bind: draft.directory }],
      // what gives others a network is not there yet
      network: 'host',
      mounts: true,
      environment: { SOURCE_DATE_EPOCH: String(SOURCE_DATE_EPOCH), TMPDIR: '/tmp' },
    }
    const command = [
      'mmdebstrap',
      '--mode=root',
      '--variant=apt',
      `--include=${PACKAGES.join(',')}`,
      ...aptOptions,
      ...slimOptions,
      // mount points that a namespace binds over
      '--customize-hook=: >"$1/etc/resolv.conf"; rm -f "$1/etc/hostname"',
      SUITE,
      target,
      ...sourceLines(SUITE, hostMirror()),
    ]
    await runIn(namespace)(command, {
      title: 'mmdebstrap (the toolbox)',
      signal: watcher.signal,
      ...(watcher.onLine && { onLine: watcher.onLine }),
    })
    await draft.commit({
      version: 1,
      key: toolboxKey,
      described: toolboxDescribed,
      refers: [],
      ms: Date.now() - began,
    })
  } catch (error) {
    await draft.discard()
    throw error
  }
}
