import { Cleanup } from '../base/async/cleanup.ts'
import type { Image } from '../contract/config/image.ts'
import type { Step } from '../contract/plugin/step.ts'
import { fullDisk } from '../store/full.ts'
import type { StepNetwork } from '../store/namespace/namespace.ts'
import type { Draft, Store } from '../store/store.ts'
import { maskError } from './attribute.ts'
import { BuildToolbox } from './build-toolbox.ts'
import type { BuildMachines } from './checkpoint/context.ts'
import { createStep } from './create-step.ts'
import type { Report } from './events.ts'
import type { BuildLog } from './log.ts'
import type { PlannedNeed, PlannedStep } from './plan.ts'

/** How the functions of steps are run. */
export interface RunOptions {
  report: Report
  log: BuildLog
  signal: AbortSignal
  /** Called with the step that failed, while its files still stand. */
  onFailure?: (step: Step) => Promise<void>
}

/** What a step's function is called with in one run. */
export type Call<T> = (step: Step) => Promise<T>

/** Something that is planned, and the files it makes. */
export interface Work {
  planned: PlannedStep | PlannedNeed
  draft: Draft
  stage: string
  signal: AbortSignal
}

/** What every step of a build shares. */
interface Parts {
  image: Image
  store: Store
  machines: BuildMachines
  /** TCP ports of this host's loopback that programs of trees reach. */
  ports: readonly number[]
  /** The secrets to keep out of every log. */
  masked: Set<string>
}

/** Where the functions of steps run: each in a world of its own, which is taken down after it. */
export class Workbench {
  readonly toolbox: BuildToolbox
  readonly #parts: Parts
  readonly #options: RunOptions

  constructor(parts: Parts, options: RunOptions) {
    this.#parts = parts
    this.#options = options
    this.toolbox = new BuildToolbox(parts.store, options)
  }

  /** The network of programs of trees: network.ts. */
  async network(): Promise<StepNetwork> {
    return (await this.toolbox.get()).network(this.#parts.ports)
  }

  /** Calls a step's function. What it throws is masked, and thrown after everything it began has ended. */
  async run<T>({ planned, draft, stage, signal }: Work, call: Call<T>): Promise<T> {
    const { report, log, onFailure } = this.#options
    const { store, masked } = this.#parts
    const cleanup = new Cleanup()
    const step = await createStep({
      ...this.#parts,
      toolbox: () => this.toolbox.get(),
      network: () => this.network(),
      draft,
      key: planned.key,
      needs: Object.fromEntries(Object.entries(planned.needs).map(([name, need]) => [name, need.key])),
      cleanup,
      log: log.logger(stage, report, masked),
      signal,
    })
    try {
      return await call(step)
    } catch (error) {
      if (!signal.aborted) await onFailure?.(step)
      throw maskError(await fullDisk(store.directory, error), masked)
    } finally {
      for (const failure of await cleanup.run())
        report({ type: 'warn', text: `Clean-up failed: ${String(failure)}` })
    }
  }
}
