import { readHistory, whyChanged } from '../../lifecycle/explain.ts'
import { createLifecycle } from '../../lifecycle/lifecycle.ts'
import { type PlannedStep, planImage } from '../../lifecycle/plan.ts'
import { buildStages, isBuildStage, stageNames } from '../../lifecycle/stages.ts'
import { readRecord, storeDirectory } from '../../store/read.ts'
import { findImage, type GlobalOptions, print } from '../common.ts'
import { style } from '../display/style.ts'

/** Every step of an image with its key; nothing runs and nothing is written. */
export const planned = async (options: GlobalOptions) => {
  const image = await findImage(options)
  const store = { directory: storeDirectory() }
  const plan = planImage(image, createLifecycle(image))
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

export default async (options: GlobalOptions): Promise<number> => {
  const { image, stages } = await planned(options)
  const data = {
    image,
    stages: stages.map(({ stage, steps }) => ({
      stage,
      steps: steps.map(({ reasons: _, ...step }) => step),
    })),
  }
  const names = stages.flatMap(({ steps }) => steps.map(({ plugin, tap }) => `${plugin} › ${tap}`.length))
  const width = Math.max(...names)
  print(options, data, () =>
    stages
      .flatMap(({ stage, steps }) => {
        if (steps.length === 0) return [`${stage.padEnd(10)} ${style.dim('nothing to do')}`]
        return steps.map(({ plugin, tap, key, cached, reason }, index) => {
          const name = `${plugin} › ${tap}`.padEnd(width)
          return `${(index === 0 ? stage : '').padEnd(10)} ${name} ${style.dim(key.slice(0, 12))}  ${cached ? style.good(reason) : reason}`
        })
      })
      .join('\n')
      .concat('\n'),
  )
  return 0
}
