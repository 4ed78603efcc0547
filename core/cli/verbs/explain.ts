import { errors } from '../../base/errors/catalogue.ts'
import { nearest } from '../../base/text/nearest.ts'
import { isBuildStage } from '../../contract/plugin/stages.ts'
import { type GlobalOptions, print } from '../session/common.ts'
import { planned } from './plan.ts'

export default async (wanted: string | undefined, options: GlobalOptions): Promise<number> => {
  const { image, stages } = await planned(options)
  const kept = stages
    .flatMap(({ stage, steps }) => steps.map((step) => ({ stage, ...step })))
    .filter(({ stage }) => isBuildStage(stage))
  const names = [...new Set(kept.flatMap(({ stage, plugin, tap }) => [stage, plugin, tap]))]
  if (wanted !== undefined && !names.includes(wanted))
    throw errors.unknownStep(wanted, nearest(wanted, names))
  const steps = kept.filter(({ stage, plugin, tap, cached }) =>
    wanted === undefined ? !cached : [stage, plugin, tap].includes(wanted),
  )
  const data = { image, steps: steps.map(({ reason: _, ...step }) => step) }
  print(options, data, () => {
    if (steps.length === 0) return 'Nothing would run: every step is cached.\n'
    return steps
      .map(({ stage, plugin, tap, cached, reason, reasons }) => {
        const why = cached ? [`is ${reason}: nothing it depends on has changed`] : reasons
        return `${stage} › ${plugin} › ${tap}\n${why.map((line) => `  ${line}\n`).join('')}`
      })
      .join('')
  })
  return 0
}
