import { configureEndpoint } from '../../lifecycle/configure.ts'
import { type GlobalOptions, print } from '../common.ts'
import { withBuild } from '../session.ts'

interface Options extends GlobalOptions {
  host: string
  port: number
}

export default (options: Options): Promise<number> =>
  withBuild(options, 'configure', async ({ image, build, quiet }) => {
    const taps = await configureEndpoint(build, options.host, options.port)
    quiet()
    print(options, { image: image.name, host: options.host, port: options.port, taps }, () =>
      taps === 0
        ? `No plugin of ${image.name} configures endpoints; it answers.\n`
        : `${image.name} is configured.\n`,
    )
    return 0
  })
