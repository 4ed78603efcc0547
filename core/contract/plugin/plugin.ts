import type { Disk, Scratch, Tree, Unkeyed } from '../../base/model/artifact.ts'
import type { Layout } from '../../base/model/layout.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { RunningMachine } from '../../machine/running.ts'
import type { Endpoint, StageConfiguration } from './endpoint.ts'
import type { Need } from './stages.ts'
import type { Step } from './step.ts'

/** The plugin API that this release speaks. A plugin of a later one is refused by name. */
export const PLUGIN_API = 1

/** A tap's name, or its name with what it is given instead of the plugin's whole options. */
export type TapOptions =
  | string
  | {
      name: string
      /** What the tap's result depends on; the plugin's options if left out. */
      inputs?: unknown
      /** Files and directories of the image, by content. */
      files?: readonly string[]
      needs?: Readonly<Record<string, Need>>
      /** For a test: whether it is one for this machine. Left out of the report where not. */
      when?: (spec: MachineSpec) => boolean
      /** For the configure stage: whether it is one for what a lesson names. Its needs are made only then. */
      configures?: (configuration: StageConfiguration | undefined) => boolean
    }

type Awaitable<T> = T | Promise<T>

/** A hook as a plugin sees it: taps can be added, not called. */
export interface Tappable<Subject, Result> {
  tap(options: TapOptions, fn: (subject: Subject, step: Step) => Awaitable<Result>): void
}

type TreeOrDisk = Tree | Disk

/** The nine stages as a plugin sees them. */
export interface PluginHooks {
  bootstrap: Tappable<Scratch, Unkeyed<TreeOrDisk>>
  kernel: Tappable<Tree, Unkeyed<TreeOrDisk>>
  rootfs: Tappable<Tree, Unkeyed<TreeOrDisk>>
  provision: Tappable<TreeOrDisk, Unkeyed<TreeOrDisk>>
  qcow2: Tappable<TreeOrDisk, Unkeyed<TreeOrDisk>>
  boot: Tappable<MachineSpec, MachineSpec>
  test: Tappable<RunningMachine, void>
  publish: Tappable<Layout, void>
  configure: Tappable<Endpoint, void>
}

/** Plain data and one function: no class, no registry. */
export interface Plugin {
  readonly name: string
  readonly version: string
  readonly options?: unknown
  /** The plugin API it was written for. */
  readonly api?: number
  /**
   * Adds the plugin's taps. What one of them takes from `image` belongs into its `inputs`, and what it reads in the
   * image's directory into its `files`.
   */
  apply(hooks: PluginHooks, image: { readonly name: string; readonly directory: string }): void
}

/** A plugin. Gives back what it is given, typed. */
export const definePlugin = (plugin: Plugin): Plugin => ({ api: PLUGIN_API, ...plugin })
