import { errors } from '../base/errors/catalogue.ts'
import { isMissing } from '../base/files/regular.ts'
import type { Sealed } from '../base/model/key.ts'
import { type Described, digestFiles, keyOf, toData } from '../base/model/key.ts'
import type { Image } from '../contract/config/image.ts'
import { type Need, type Stage, stageNames, stages, type Tap } from '../contract/plugin/stages.ts'
import { toolboxKey } from '../store/toolbox/recipe.ts'
import type { Lifecycle } from './lifecycle.ts'
import { sealedIn, sealFiles } from './secret-digest.ts'

/** One step with its key, before anything has run. */
export interface PlannedStep {
  readonly stage: Stage
  readonly tap: Tap
  readonly described: Described
  readonly key: string
  readonly needs: Readonly<Record<string, PlannedNeed>>
}

/** Something a step needs on the side, with its key. */
export interface PlannedNeed {
  readonly need: Need
  readonly described: Described
  readonly key: string
  readonly needs: Readonly<Record<string, PlannedNeed>>
}

export type Plan = Readonly<Record<Stage, readonly PlannedStep[]>>

/** Whose steps are planned, and how their secrets are digested. */
interface Planning {
  image: Image
  sealed: Sealed
}

const planNeeds = (of: Planning, stage: Stage, plugin: string, needs: Readonly<Record<string, Need>>) =>
  Object.fromEntries(
    Object.entries(needs).map(([name, need]) => [name, planNeed(of, stage, plugin, need)]),
  ) as Record<string, PlannedNeed>

const keysOf = (needs: Readonly<Record<string, { key: string }>>) =>
  Object.fromEntries(Object.entries(needs).map(([name, { key }]) => [name, key]))

/** The key of something that is needed on the side. */
export const planNeed = (of: Planning, stage: Stage, plugin: string, need: Need): PlannedNeed => {
  const needs = planNeeds(of, stage, plugin, need.needs ?? {})
  const described: Described = {
    ...(need.shared ? { stage: 'toolbox', plugin: 'antidote' } : { stage, plugin }),
    version: need.version,
    tap: need.name,
    inputs: toData(need.inputs, `${plugin} › ${need.name}`, of.sealed),
    files: digestInputs(of, need.files ?? [], `${plugin} › ${need.name}`),
    needs: keysOf(needs),
    // a need stands by itself: it depends on the tools and on nothing that came before
    parent: toolboxKey,
  }
  return { need, described, key: keyOf(described), needs }
}

const digestInputs = ({ image, sealed }: Planning, files: readonly string[], owner: string) => {
  try {
    return sealFiles(image, digestFiles(image.directory, files), sealed)
  } catch (error) {
    if (!isMissing(error)) throw error
    throw errors.inputMissing(owner, ((error as Error).cause as NodeJS.ErrnoException).path!)
  }
}

const planTap = (of: Planning, tap: Tap, parent: string): PlannedStep => {
  const owner = `${tap.plugin} › ${tap.name}`
  const needs = planNeeds(of, tap.stage, tap.plugin, tap.needs)
  const described: Described = {
    stage: tap.stage,
    plugin: tap.plugin,
    version: tap.version,
    tap: tap.name,
    inputs: toData(tap.inputs ?? null, owner, of.sealed),
    files: digestInputs(of, tap.files, owner),
    needs: keysOf(needs),
    parent,
  }
  return { stage: tap.stage, tap, described, key: keyOf(described), needs }
}

/** Every key of an image in a store, known before anything runs: each hangs on the one before it. */
export const planImage = (
  image: Image,
  lifecycle: Lifecycle,
  store: { readonly directory: string },
): Plan => {
  const of = { image, sealed: sealedIn(store) }
  let parent = toolboxKey
  const plan = {} as Record<Stage, PlannedStep[]>
  for (const stage of stageNames) {
    plan[stage] = lifecycle.taps[stage].map((tap) => {
      const step = planTap(of, tap, parent)
      if (stages[stage].hook === 'waterfall') parent = step.key
      return step
    })
  }
  return plan
}
