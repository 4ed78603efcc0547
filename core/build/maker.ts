import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type Artifact, referencesOf } from '../base/model/artifact.ts'
import type { Logger } from '../base/model/logger.ts'
import type { Image } from '../contract/config/image.ts'
import type { Stage } from '../contract/plugin/stages.ts'
import type { Step } from '../contract/plugin/step.ts'
import type { StepNetwork } from '../store/namespace/namespace.ts'
import type { StepRecord } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import type { Toolbox } from '../store/toolbox/toolbox.ts'
import { attribute } from './attribute.ts'
import { callWhole } from './call-whole.ts'
import type { BuildMachines } from './checkpoint/context.ts'
import { misfit } from './checkpoint/fit.ts'
import type { StepEvent } from './events.ts'
import type { PlannedNeed, PlannedStep } from './plan.ts'
import { type Call, type RunOptions, Workbench } from './workbench.ts'

/** How results are made. */
export interface MakeOptions extends RunOptions {
  /** Make everything anew, whatever the store has. */
  noCache?: boolean
  /** Keep the files of a step that failed, and say where. */
  keep?: boolean
}

type Planned = PlannedStep | PlannedNeed

/** Makes the results that the store lacks: under their locks, into drafts, visible only when whole. */
export class Maker {
  readonly #image: Image
  readonly #store: Store
  readonly #options: MakeOptions
  /** The secrets to keep out of every log. */
  readonly #masked: Set<string>
  readonly #machines: BuildMachines
  readonly #workbench: Workbench
  /** What is needed on the side, by key: made once in a run, however many ask for it. */
  readonly #needs = new Map<string, Promise<StepRecord>>()
  readonly #stop = new AbortController()
  #ahead: Promise<void> = Promise.resolve()

  constructor(
    image: Image,
    store: Store,
    options: MakeOptions,
    masked: Set<string>,
    machines: BuildMachines,
    ports: readonly number[],
  ) {
    this.#machines = machines
    this.#masked = masked
    this.#image = image
    this.#store = store
    this.#options = options
    this.#workbench = new Workbench({ image, store, machines, masked, ports }, options)
  }

  /** The toolbox, made on first use. */
  toolbox(): Promise<Toolbox> {
    return this.#workbench.toolbox.get()
  }

  /** The network of programs of trees, made on first use. */
  network(): Promise<StepNetwork> {
    return this.#workbench.network()
  }

  /** A logger for what does not belong to a step. */
  logger(owner: string): Logger {
    return this.#options.log.logger(owner, this.#options.report, this.#masked)
  }

  /**
   * A record whose own entry and every entry it points into are whole, and whose machine, if it has one, can be gone on
   * with here.
   */
  async usable(
    { key }: { key: string },
    tell: { damage?: (reason: string) => void; misfit?: (reason: string) => void } = {},
  ): Promise<StepRecord | undefined> {
    const record = await this.#store.verified(key, tell.damage)
    for (const other of record?.refers ?? []) {
      if (other !== key && !(await this.#store.verified(other, tell.damage))) return undefined
    }
    const artifact = record?.artifact
    if (artifact?.kind !== 'disk' || !artifact.checkpoint) return record
    const spec = this.#machines.spec(artifact)
    const reason = await misfit(artifact.checkpoint, spec, await this.toolbox())
    if (reason) tell.misfit?.(reason)
    return reason ? undefined : record
  }

  /** The result of a step; `forced` makes it anew. */
  async step(planned: PlannedStep, forced: boolean, call: Call<Artifact>): Promise<StepRecord> {
    const { report } = this.#options
    const event = {
      type: 'step',
      stage: planned.stage,
      plugin: planned.tap.plugin,
      tap: planned.tap.name,
    } as const
    return this.#locked(planned, event, async () => {
      const made = forced ? undefined : await this.usable(planned)
      if (made) {
        report({ ...event, state: 'cached' })
        return made
      }
      return this.#told(event, async () => {
        await this.needs(planned.needs)
        return this.#make(planned, planned.stage, call)
      })
    })
  }

  /** Makes what a tap needs on the side, where the store lacks it. */
  async needs(needs: Readonly<Record<string, PlannedNeed>>, signal?: AbortSignal): Promise<void> {
    for (const planned of Object.values(needs)) await this.need(planned, signal)
  }

  /**
   * Begins to make, one after the other, what the given steps need, while the steps before them run: a kernel
   * compiles while its tree is bootstrapped. A failure reaches the step that needs the result.
   */
  ahead(steps: readonly PlannedStep[]): void {
    const signal = AbortSignal.any([this.#options.signal, this.#stop.signal])
    const needs = steps.flatMap((step) => Object.values(step.needs))
    this.#ahead = (async () => {
      for (const planned of needs) {
        if (signal.aborted) return
        await this.need(planned, signal).catch(() => {})
      }
    })()
  }

  /** Ends what `ahead` began and nobody waits for any more. */
  async stopAhead(): Promise<void> {
    this.#stop.abort()
    await this.#ahead
  }

  /** The result of one need. */
  need(planned: PlannedNeed, signal = this.#options.signal): Promise<StepRecord> {
    const known = this.#needs.get(planned.key)
    if (known) return known
    const made = this.#need(planned, signal)
    this.#needs.set(planned.key, made)
    return made
  }

  async #need(planned: PlannedNeed, signal: AbortSignal): Promise<StepRecord> {
    const { noCache } = this.#options
    const { plugin, stage } = planned.described
    const event = { type: 'step', stage: stage as Stage, plugin, tap: planned.need.name } as const
    const act = async () => {
      const known = noCache ? undefined : await this.#store.verified(planned.key)
      if (known) return known
      await this.needs(planned.needs, signal)
      const owner = { plugin, stage, name: planned.need.name }
      const call = async (step: Step) => {
        await attribute(this.#image, owner, () => callWhole(step, (own) => planned.need.make(own)))
        return undefined
      }
      return this.#told(event, () => this.#make(planned, stage, call, signal))
    }
    return this.#locked(planned, event, act, signal)
  }

  /** Runs a step that leaves nothing in the store: of the boot, test, publish and configure stages. */
  async unkept<T>(planned: PlannedStep, call: Call<T>): Promise<T> {
    await this.needs(planned.needs)
    const draft = await this.#store.draft(planned.key)
    try {
      return await this.#workbench.run(
        { planned, draft, stage: planned.stage, signal: this.#options.signal },
        call,
      )
    } finally {
      await draft.discard()
    }
  }

  /** Tells when something begins, and how it ends. */
  async #told(event: Omit<StepEvent, 'state'>, make: () => Promise<StepRecord>): Promise<StepRecord> {
    const { report } = this.#options
    report({ ...event, state: 'start' })
    try {
      const record = await make()
      report({ ...event, state: 'done', ms: record.ms })
      return record
    } catch (error) {
      report({ ...event, state: 'failed' })
      throw error
    }
  }

  async #locked<T>(
    { key }: Planned,
    event: Omit<StepEvent, 'state'>,
    act: () => Promise<T>,
    signal = this.#options.signal,
  ): Promise<T> {
    const { report } = this.#options
    const lock = await this.#store.lock(key, { signal, onWait: () => report({ ...event, state: 'waiting' }) })
    try {
      return await act()
    } finally {
      await lock?.release()
    }
  }

  async #make(
    planned: Planned,
    stage: string,
    call: Call<Artifact | undefined>,
    signal = this.#options.signal,
  ): Promise<StepRecord> {
    const { key, described } = planned
    const began = Date.now()
    const draft = await this.#store.draft(key)
    try {
      return await this.#workbench.run({ planned, draft, stage, signal }, async (step) => {
        const artifact = await call(step)
        const refers = artifact ? referencesOf(artifact).filter((other) => other !== key) : []
        return draft.commit({
          version: 1,
          key,
          described,
          ...(artifact && { artifact }),
          refers,
          ms: Date.now() - began,
        })
      })
    } catch (error) {
      if (!(await this.#keepFailed(draft.directory, stage, key))) await draft.discard()
      throw error
    }
  }

  async #keepFailed(directory: string, stage: string, key: string): Promise<boolean> {
    if (!this.#options.keep) return false
    const kept = join(
      this.#store.directory,
      'kept',
      `${this.#image.name}-${stage}-${key.slice(0, 12)}-${Date.now()}`,
    )
    await rename(directory, kept)
    this.#options.report({ type: 'info', text: `The files of the failed step are kept in ${kept}.` })
    return true
  }
}
