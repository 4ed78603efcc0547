import { readHistory, whyChanged } from '../../build/explain.ts'
import { createLifecycle } from '../../build/lifecycle.ts'
import { type PlannedStep, planImage } from '../../build/plan.ts'
import { buildStages, isBuildStage, stageNames } from '../../contract/plugin/stages.ts'
import { readRecord, storeDirectory } from '../../store/read.ts'
import { findImage, type GlobalOptions, print } from '../session/common.ts'
import { style } from '../terminal/style.ts'
import { hanging, terminalWidth } from '../terminal/wrap.ts'

/** Every step of an image with its key; nothing runs and nothing is written. */
export const planned = async (options: GlobalOptions) => {
  const image = await findImage(options)
  const store = { directory: storeDirectory() }
  const plan = planImage(image, createLifecycle(image), store)
  const history = await readHistory(store, image)
  const kept = new Set<PlannedStep>()
  for (const step of Object.values(plan).flat())
    if (await readRecord(store.directory, step.key)) kept.add(step)
  const built = buildStages.flatMap((stage) => plan[stage])
  // a build goes on from the last of them; what is before it need not exist, as after `clean --older-than`
  const needless = new Set(built.slice(0, built.findLastIndex((step) => kept.has(step)) + 1))
  const stages = []
  for (const stage of stageNames) {
    const steps = []
    for (const step of plan[stage]) {
      const cached = kept.has(step) || needless.has(step)
      const reasons = cached ? [] : isBuildStage(stage) ? whyChanged(step, history) : ['runs every time']
      steps.push({
        plugin: step.tap.plugin,
        tap: step.tap.name,
        key: step.key,
        cached,
        reason: kept.has(step) ? 'cached' : cached ? 'not needed' : reasons.join('; '),
        reasons,
      })
    }
    stages.push({ stage, steps })
  }
  return { image: image.name, stages }
}

type Planned = Awaited<ReturnType<typeof planned>>

/** The plan as people read it, in so many columns. */
export const planLines = ({ stages }: Pick<Planned, 'stages'>, width: number): string[] => {
  const nameOf = ({ plugin, tap }: { plugin: string; tap: string }) => `${plugin} › ${tap}`
  const names = stages.flatMap(({ steps }) => steps.map((step) => nameOf(step).length))
  const longest = Math.max(...names)
  return stages.flatMap(({ stage, steps }) => {
    if (steps.length === 0) return [`${stage.padEnd(10)} ${style.dim('nothing to do')}`]
    return steps.flatMap(({ key, cached, reason, ...step }, index) => {
      const lead = `${(index === 0 ? stage : '').padEnd(10)} ${nameOf(step).padEnd(longest)} ${style.dim(key.slice(0, 12))}  `
      return hanging(lead, cached ? style.good(reason) : reason, width, 11)
    })
  })
}

export default async (options: GlobalOptions): Promise<number> => {
  const { image, stages } = await planned(options)
  const data = {
    image,
    stages: stages.map(({ stage, steps }) => ({
      stage,
      steps: steps.map(({ reasons: _, ...step }) => step),
    })),
  }
  print(options, data, () => `${planLines({ stages }, terminalWidth()).join('\n')}\n`)
  return 0
}
