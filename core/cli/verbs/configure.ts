import { resolve } from 'node:path'
import { errors } from '../../errors/catalogue.ts'
import { configureEndpoint } from '../../lifecycle/configure.ts'
import { print } from '../common.ts'
import { withBuild } from '../session.ts'
import { configureLessonOf } from './configure-lesson.ts'
import { type ConfigureOptions, checkOptions } from './configure-options.ts'

export default (given: string | undefined, options: ConfigureOptions): Promise<number> => {
  // a job of a cluster names it in its environment
  const directory = given ?? (options.host === undefined ? process.env.ANTIDOTE_LESSON : undefined)
  checkOptions(directory, options)
  if (directory !== undefined) return configureLessonOf(resolve(directory), options)
  const { host, port = 22, forward = [], lesson, deadline } = options
  if (host === undefined) throw errors.optionMissing('--host', 'without a lesson, one endpoint is configured')
  return withBuild(options, 'configure', async ({ image, build, quiet }) => {
    const forwards = Object.fromEntries(forward.map(({ from, to }) => [to, from]))
    const taps = await configureEndpoint(build, {
      host,
      port,
      forwards,
      ...(lesson !== undefined && { lesson: resolve(lesson) }),
      ...(deadline !== undefined && { deadline: deadline * 1000 }),
    })
    quiet()
    print(options, { image: image.name, host, port, taps }, () => `${image.name} is configured.\n`)
    return 0
  })
}
