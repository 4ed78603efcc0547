import type { Image } from '../config/image.ts'
import { errors } from '../errors/catalogue.ts'
import { isMissing } from '../files/regular.ts'
import { toolboxKey } from '../toolbox/recipe.ts'
import { type Described, digestFiles, keyOf, toData } from './key.ts'
import type { Lifecycle } from './lifecycle.ts'
import { type Need, type Stage, stageNames, stages, type Tap } from './stages.ts'

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

const planNeeds = (image: Image, stage: Stage, plugin: string, needs: Readonly<Record<string, Need>>) =>
  Object.fromEntries(
    Object.entries(needs).map(([name, need]) => [name, planNeed(image, stage, plugin, need)]),
  ) as Record<string, PlannedNeed>

const keysOf = (needs: Readonly<Record<string, { key: string }>>) =>
  Object.fromEntries(Object.entries(needs).map(([name, { key }]) => [name, key]))

/** The key of something that is needed on the side. */
export const planNeed = (image: Image, stage: Stage, plugin: string, need: Need): PlannedNeed => {
  const needs = planNeeds(image, stage, plugin, need.needs ?? {})
  const described: Described = {
    ...(need.shared ? { stage: 'toolbox', plugin: 'antidote' } : { stage, plugin }),
    version: need.version,
    tap: need.name,
    inputs: toData(need.inputs, `${plugin} › ${need.name}`),
    files: digestInputs(image, need.files ?? [], `${plugin} › ${need.name}`),
    needs: keysOf(needs),
    // a need stands by itself: it depends on the tools and on nothing that came before
    parent: toolboxKey,
  }
  return { need, described, key: keyOf(described), needs }
}

const digestInputs = (image: Image, files: readonly string[], owner: string) => {
  try {
    return digestFiles(image.directory, files)
  } catch (error) {
    if (!isMissing(error)) throw error
    throw errors.inputMissing(owner, ((error as Error).cause as NodeJS.ErrnoException).path!)
  }
}

const planTap = (image: Image, tap: Tap, parent: string): PlannedStep => {
  const owner = `${tap.plugin} › ${tap.name}`
  const needs = planNeeds(image, tap.stage, tap.plugin, tap.needs)
  const described: Described = {
    stage: tap.stage,
    plugin: tap.plugin,
    version: tap.version,
    tap: tap.name,
    inputs: toData(tap.inputs ?? null, owner),
    files: digestInputs(image, tap.files, owner),
    needs: keysOf(needs),
    parent,
  }
  return { stage: tap.stage, tap, described, key: keyOf(described), needs }
}

/** Every key of an image, known before anything runs: each hangs on the one before it. */
export const planImage = (image: Image, lifecycle: Lifecycle): Plan => {
  let parent = toolboxKey
  const plan = {} as Record<Stage, PlannedStep[]>
  for (const stage of stageNames) {
    plan[stage] = lifecycle.taps[stage].map((tap) => {
      const step = planTap(image, tap, parent)
      if (stages[stage].hook === 'waterfall') parent = step.key
      return step
    })
  }
  return plan
}
