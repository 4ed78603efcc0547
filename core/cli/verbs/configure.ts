import { resolve } from 'node:path'
import { configureEndpoint } from '../../lifecycle/configure.ts'
import { type GlobalOptions, print } from '../common.ts'
import { withBuild } from '../session.ts'

interface Options extends GlobalOptions {
  host: string
  port: number
  lesson?: string
}

export default (options: Options): Promise<number> =>
  withBuild(options, 'configure', async ({ image, build, quiet }) => {
    const { host, port, lesson } = options
    const place = { host, port, ...(lesson !== undefined && { lesson: resolve(lesson) }) }
    const taps = await configureEndpoint(build, place)
    quiet()
    print(options, { image: image.name, host, port, taps }, () => `${image.name} is configured.\n`)
    return 0
  })
