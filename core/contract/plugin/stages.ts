import { AsyncSeriesHook, AsyncSeriesWaterfallHook } from 'tapable'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { StageConfiguration } from './endpoint.ts'

/** The lifecycle. One row a stage: what a tap gets, what it gives, what happens without one. */
export const stages = {
  bootstrap: {
    hook: 'waterfall',
    takes: ['scratch'],
    gives: ['tree', 'disk'],
    default: 'none: a plugin must',
  },
  kernel: { hook: 'waterfall', takes: ['tree', 'disk'], gives: ['tree', 'disk'], default: 'pass through' },
  rootfs: { hook: 'waterfall', takes: ['tree', 'disk'], gives: ['tree', 'disk'], default: 'pass through' },
  provision: {
    hook: 'waterfall',
    takes: ['tree', 'disk'],
    gives: ['tree', 'disk'],
    default: 'files and scripts of the config',
  },
  qcow2: {
    hook: 'waterfall',
    takes: ['tree', 'disk'],
    gives: ['tree', 'disk'],
    default: 'ext4 from the tree',
  },
  boot: {
    hook: 'waterfall',
    takes: ['machine spec'],
    gives: ['machine spec'],
    default: 'start it and wait for SSH',
  },
  test: { hook: 'series', takes: ['running machine'], gives: [], default: 'standard tests, then test.sh' },
  publish: { hook: 'series', takes: ['OCI layout'], gives: [], default: 'write the layout, tag, load, push' },
  configure: {
    hook: 'series',
    takes: ['endpoint'],
    gives: [],
    default: 'lesson files, settings of image and lesson',
  },
} as const

export type Stage = keyof typeof stages

export const stageNames = Object.keys(stages) as Stage[]

/** The stages whose steps are kept in the store: they turn one artifact into the next. */
export const buildStages = ['bootstrap', 'kernel', 'rootfs', 'provision', 'qcow2'] as const
export type BuildStage = (typeof buildStages)[number]

export const isBuildStage = (stage: Stage): stage is BuildStage =>
  (buildStages as readonly string[]).includes(stage)

/** One tapable hook for each stage. The first argument is what travels; the second is who drives it. */
export const createHooks = () =>
  Object.fromEntries(
    stageNames.map((stage) => [
      stage,
      stages[stage].hook === 'waterfall'
        ? new AsyncSeriesWaterfallHook<[unknown, Driver]>(['subject', 'driver'], stage)
        : new AsyncSeriesHook<[unknown, Driver]>(['subject', 'driver'], stage),
    ]),
  ) as Record<Stage, AsyncSeriesWaterfallHook<[unknown, Driver]>>

export type Hooks = ReturnType<typeof createHooks>

/** Who walks the lifecycle: a plan calls nothing, a build calls what is not cached. */
export interface Driver {
  tap(tap: Tap, subject: unknown): Promise<unknown>
}

/** One tap with its owner; what the driver is given instead of a call. */
export interface Tap {
  readonly stage: Stage
  readonly plugin: string
  readonly version: string
  readonly name: string
  readonly inputs: unknown
  readonly files: readonly string[]
  readonly needs: Readonly<Record<string, Need>>
  readonly when?: ((spec: MachineSpec) => boolean) | undefined
  readonly configures?: ((configuration: StageConfiguration | undefined) => boolean) | undefined
  // biome-ignore lint/suspicious/noExplicitAny: the nine signatures meet here; plugins see them typed
  readonly fn: (subject: any, step: any) => unknown
}

/** Something a tap needs on the side, made once and shared: a compiled kernel, a tree to compile in. */
export interface Need {
  readonly name: string
  readonly version: string
  readonly inputs: unknown
  readonly files?: readonly string[]
  readonly needs?: Readonly<Record<string, Need>>
  /** It is the same for every plugin and stage that names it. */
  readonly shared?: boolean
  /** Writes its results to `step.out`. */
  readonly make: (step: import('./step.ts').Step) => Promise<void>
}
