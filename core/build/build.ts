import { errors } from '../base/errors/catalogue.ts'
import { type Artifact, type Disk, freeze, type Unkeyed } from '../base/model/artifact.ts'
import type { Sealed } from '../base/model/key.ts'
import { describeValue } from '../base/validation/explain-issue.ts'
import type { Image } from '../contract/config/image.ts'
import type { Endpoint, StageConfiguration } from '../contract/plugin/endpoint.ts'
import {
  type BuildStage,
  buildStages,
  type Driver,
  isBuildStage,
  type Stage,
  stageNames,
  stages,
  type Tap,
} from '../contract/plugin/stages.ts'
import type { Step } from '../contract/plugin/step.ts'
import type { StepRecord } from '../store/record.ts'
import type { Store } from '../store/store.ts'
import { attribute } from './attribute.ts'
import { writeBuilt } from './built.ts'
import { callWhole } from './call-whole.ts'
import type { StageTime } from './events.ts'
import { writeHistory } from './explain.ts'
import { buildMachines } from './first-machine.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { reachedPorts } from './loopback.ts'
import { type MakeOptions, Maker } from './maker.ts'
import { type Plan, type PlannedStep, planImage } from './plan.ts'
import { sealedIn } from './secret-digest.ts'
import { secretsOf } from './secrets.ts'

/** How a build is run. */
export interface BuildOptions extends MakeOptions {
  /** Run the steps of this stage and of the later ones, cached or not. */
  from?: Stage
  /** False writes nothing for `explain` and `images`. */
  history?: boolean
}

/** One run over an image's lifecycle: takes what the store has and makes what it lacks. */
export class Build implements Driver {
  readonly image: Image
  readonly store: Store
  readonly lifecycle: Lifecycle
  readonly plan: Plan
  /** How secrets stand in keys. */
  readonly sealed: Sealed
  readonly options: BuildOptions
  readonly maker: Maker
  /** Texts that no log and no error shows; steps add to them. */
  readonly masked: ReadonlySet<string>
  readonly times: StageTime[] = []
  /** Steps that need not run: the last one with its record, those before it without. */
  readonly #watchers: ((artifact: Artifact) => void)[] = []
  readonly #cached = new Map<Tap, StepRecord | undefined>()

  constructor(image: Image, store: Store, options: BuildOptions) {
    this.image = image
    this.store = store
    this.options = options
    this.lifecycle = createLifecycle(image)
    this.sealed = sealedIn(store)
    this.plan = planImage(image, this.lifecycle, store)
    const masked = secretsOf(image, this.lifecycle)
    this.masked = masked
    this.maker = new Maker(image, store, options, masked, buildMachines(this), reachedPorts(image, this.plan))
  }

  /** Runs the build stages up to one of them and gives its artifact. */
  async artifact(until: BuildStage = 'qcow2'): Promise<Artifact> {
    const wanted = buildStages.slice(0, buildStages.indexOf(until) + 1)
    const steps = wanted.flatMap((stage) => this.plan[stage])
    await this.#findCached(steps)
    this.maker.ahead(steps.filter(({ tap }) => !this.#cached.has(tap)))
    let artifact: unknown = freeze({ kind: 'scratch', key: steps[0]?.described.parent ?? '' })
    try {
      for (const stage of wanted) {
        artifact = await this.stage(stage, artifact)
        for (const watch of this.#watchers) watch(artifact as Artifact)
        if (this.options.history !== false) await writeHistory(this.store, this.image, this.plan[stage])
      }
      if (this.options.history !== false)
        await writeBuilt(this.store, this.image, { stage: until, key: (artifact as Artifact).key })
    } finally {
      await this.maker.stopAhead()
    }
    return artifact as Artifact
  }

  /** Has a look at what each build stage gives; what `watch` throws ends the build. */
  watch(watch: (artifact: Artifact) => void): void {
    this.#watchers.push(watch)
  }

  /** Runs the taps of one stage, with the time told. */
  stage(stage: Stage, subject: unknown, driver: Driver = this): Promise<unknown> {
    return this.timed(stage, () => this.lifecycle.hooks[stage].promise(subject, driver))
  }

  /** Does what belongs to a stage, with the time told. */
  async timed<T>(stage: Stage, act: () => Promise<T>): Promise<T> {
    const { report } = this.options
    const began = Date.now()
    const cached = isBuildStage(stage) && this.plan[stage].every((step) => this.#cached.has(step.tap))
    report({ type: 'stage', stage, state: 'start' })
    try {
      const result = await act()
      const ms = Date.now() - began
      this.times.push({ stage, ms, cached })
      report({ type: 'stage', stage, state: 'done', ms, cached })
      return result
    } catch (error) {
      report({ type: 'stage', stage, state: 'failed', ms: Date.now() - began })
      throw error
    }
  }

  /** Makes what the configure stage needs for such a configuration, so that it need not be made on the way. */
  async prepareConfigure(configuration: StageConfiguration | undefined): Promise<void> {
    for (const { tap, needs } of this.plan.configure) {
      if (tap.configures?.(configuration) === false || Object.keys(needs).length === 0) continue
      await this.maker.toolbox()
      await this.maker.needs(needs)
    }
  }

  /** The plan of a tap. */
  planned(tap: Tap): PlannedStep {
    return this.plan[tap.stage].find((step) => step.tap === tap)!
  }

  /** Called by the hooks instead of each tap. */
  async tap(tap: Tap, subject: unknown): Promise<unknown> {
    const planned = this.planned(tap)
    if (tap.configures?.((subject as Endpoint).configuration) === false) return undefined
    const call = (step: Step) =>
      attribute(this.image, tap, async () =>
        checked(await callWhole(step, (own) => tap.fn(subject, own)), planned, subject),
      )
    if (!isBuildStage(tap.stage)) return this.maker.unkept(planned, call)
    if (!this.#cached.has(tap)) {
      return (
        await this.maker.step(planned, this.#forced(tap.stage), call as (step: Step) => Promise<Artifact>)
      ).artifact
    }
    this.options.report({
      type: 'step',
      stage: tap.stage,
      plugin: tap.plugin,
      tap: tap.name,
      state: 'cached',
    })
    return this.#cached.get(tap)?.artifact ?? subject
  }

  #forced(stage: Stage): boolean {
    const { noCache, from } = this.options
    return Boolean(noCache) || (from !== undefined && stageNames.indexOf(stage) >= stageNames.indexOf(from))
  }

  /** Finds the last step with a whole result: nothing before it has to run, or even to exist. */
  async #findCached(steps: readonly PlannedStep[]): Promise<void> {
    this.#cached.clear()
    const usable = steps.filter(({ stage }) => !this.#forced(stage))
    let misfit = false
    for (let index = usable.length - 1; index >= 0; index--) {
      const { stage, tap, key } = usable[index]!
      const warn = (what: string, reason: string) =>
        this.options.report({ type: 'warn', text: `The stored ${what} and is made anew: ${reason}.` })
      const name = `${stage} › ${tap.name}`
      const record = await this.maker.usable(
        { key },
        {
          damage: (reason) => warn(`result of ${name} was damaged`, reason),
          misfit: (reason) => {
            // what is wrong with the last is wrong with those before it
            if (!misfit) warn(`machine of ${name} cannot be gone on with here`, reason)
            misfit = true
          },
        },
      )
      if (!record) continue
      for (const earlier of usable.slice(0, index)) this.#cached.set(earlier.tap, undefined)
      this.#cached.set(tap, record)
      return
    }
  }
}

/** What a tap returned, if it is what its stage gives. */
const checked = (result: unknown, { stage, key }: PlannedStep, subject: unknown): unknown => {
  const { gives, hook } = stages[stage]
  if (hook === 'series') return undefined
  const expected = `a ${gives.join(' or a ')}`
  if (result === undefined || result === null) throw errors.tapReturnedNothing(expected)
  if (!isBuildStage(stage)) return result
  const artifact = result as Unkeyed
  const kind = typeof result === 'object' ? artifact.kind : undefined
  if (!kind || !(gives as readonly string[]).includes(kind)) {
    throw errors.tapReturnedWrongKind(kind ? `a ${kind}` : describeValue(result), expected)
  }
  const files = artifact.kind === 'tree' ? artifact.layers : artifact.kind === 'disk' ? artifact.chain : []
  if (!Array.isArray(files)) throw errors.tapReturnedWrongKind(`a ${kind} without its files`, expected)
  // what was made from a vendor's disk stays so, whoever made it
  const { vendor } = subject as Partial<Disk>
  return freeze({ ...(vendor && artifact.kind === 'disk' && { vendor }), ...(result as Artifact), key })
}
