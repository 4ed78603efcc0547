import { resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { configureEndpoint } from '../../build/configure.ts'
import { hostKeysOf } from '../arguments/host-key-choice.ts'
import { print } from '../session/common.ts'
import { type Session, withBuild } from '../session/with-build.ts'
import { configureLessonOf } from './configure-lesson.ts'
import { type ConfigureOptions, checkOptions } from './configure-options.ts'

export default (given: string | undefined, options: ConfigureOptions): Promise<number> => {
  // a job of a cluster names it in its environment
  const directory = given ?? (options.host === undefined ? process.env.ANTIDOTE_LESSON : undefined)
  checkOptions(directory, options)
  if (directory !== undefined) return configureLessonOf(resolve(directory), options)
  const { host, port = 22, forward = [], lesson, deadline } = options
  if (host === undefined) throw errors.optionMissing('--host', 'without a lesson, one endpoint is configured')
  const hostKeys = hostKeysOf(options)
  const late = new AbortController()
  const begin = (name: string, seconds: number) => {
    setTimeout(() => late.abort(errors.endpointDeadline(name, seconds, '')), seconds * 1000).unref()
  }
  const act = async ({ image, build, quiet }: Session): Promise<number> => {
    // tools are made once, before the time begins that an endpoint has
    await build.prepareConfigure(undefined)
    if (deadline !== undefined) begin(image.name, deadline)
    const forwards = Object.fromEntries(forward.map(({ from, to }) => [to, from]))
    const taps = await configureEndpoint(build, {
      host,
      port,
      hostKeys,
      forwards,
      ...(lesson !== undefined && { lesson: resolve(lesson) }),
      ...(deadline !== undefined && { deadline: deadline * 1000 }),
    })
    quiet()
    print(options, { image: image.name, host, port, taps }, () => `${image.name} is configured.\n`)
    return 0
  }
  return withBuild(options, 'configure', act, late.signal)
}
