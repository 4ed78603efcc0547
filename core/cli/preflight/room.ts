import { errors } from '../../base/errors/catalogue.ts'
import { formatBytes } from '../../base/text/bytes.ts'
import type { Build } from '../../build/build.ts'
import type { PlannedNeed } from '../../build/plan.ts'
import { buildStages, isBuildStage, type Stage } from '../../contract/plugin/stages.ts'
import { freeBytes, ROOM } from '../../store/room.ts'
import type { Store } from '../../store/store.ts'
import { toolboxKey } from '../../store/toolbox/recipe.ts'
import type { Check } from './preflight.ts'

/** What the rest of a run takes, and what that is called. */
interface Wanted {
  bytes: number
  what: string
}

const have = async (store: Store, key: string): Promise<boolean> => (await store.record(key)) !== undefined

const lacksNeed = async (store: Store, needs: Readonly<Record<string, PlannedNeed>>): Promise<boolean> => {
  for (const { key, needs: further } of Object.values(needs))
    if (!(await have(store, key)) || (await lacksNeed(store, further))) return true
  return false
}

const wanted = async (
  { store, plan, options }: Pick<Build, 'store' | 'plan' | 'options'>,
  until: Stage,
): Promise<Wanted | undefined> => {
  // an endpoint is configured without its image
  if (until === 'configure') return undefined
  if (!(await have(store, toolboxKey))) return { bytes: ROOM.first, what: 'a first build' }
  const stages = isBuildStage(until) ? buildStages.slice(0, buildStages.indexOf(until) + 1) : buildStages
  const last = stages.flatMap((stage) => plan[stage]).at(-1)
  const forced = options.noCache || (options.from !== undefined && isBuildStage(options.from))
  if (forced || !last || !(await have(store, last.key))) {
    const kernels = stages.includes('kernel') ? plan.kernel : []
    for (const { needs } of kernels)
      if (options.noCache || (await lacksNeed(store, needs)))
        return { bytes: ROOM.first, what: 'a build with its kernel' }
    return { bytes: ROOM.image, what: 'a build' }
  }
  if (isBuildStage(until)) return undefined
  return until === 'publish'
    ? { bytes: ROOM.publish, what: 'packing an image' }
    : { bytes: ROOM.machine, what: 'a machine that runs' }
}

/** The disk of the store holds what this run still makes. */
export const room =
  (build: Pick<Build, 'store' | 'plan' | 'options'>, until: Stage, free = freeBytes): Check =>
  async () => {
    const { directory } = build.store
    const needed = await wanted(build, until)
    const there = free(directory)
    if (needed && there < needed.bytes)
      throw errors.storeRoom(directory, formatBytes(there), formatBytes(needed.bytes), needed.what)
    return []
  }
