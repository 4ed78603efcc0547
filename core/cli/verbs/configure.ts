import { resolve } from 'node:path'
import { configureEndpoint } from '../../lifecycle/configure.ts'
import { type GlobalOptions, print } from '../common.ts'
import type { Forward } from '../parse.ts'
import { withBuild } from '../session.ts'

interface Options extends GlobalOptions {
  host: string
  port: number
  forward?: Forward[]
  lesson?: string
}

export default (options: Options): Promise<number> =>
  withBuild(options, 'configure', async ({ image, build, quiet }) => {
    const { host, port, forward = [], lesson } = options
    const forwards = Object.fromEntries(forward.map(({ from, to }) => [to, from]))
    const place = { host, port, forwards, ...(lesson !== undefined && { lesson: resolve(lesson) }) }
    const taps = await configureEndpoint(build, place)
    quiet()
    print(options, { image: image.name, host, port, taps }, () => `${image.name} is configured.\n`)
    return 0
  })
