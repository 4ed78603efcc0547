import { join, resolve } from 'node:path'
import { asCaller } from '../../base/process/umask.ts'
import { BuildLog } from '../../build/log.ts'
import { hydrate, nameOf } from '../../publish/hydrate.ts'
import { loadImage } from '../../publish/oci/load.ts'
import { namesOf } from '../../publish/oci/names.ts'
import { checkLayout } from '../../publish/oci/read-layout.ts'
import { plainDisplay } from '../display/plain.ts'
import { publishedDocument, publishedText } from '../display/published.ts'
import { engines as enginesAnswer } from '../preflight/engines.ts'
import { input } from '../preflight/input.ts'
import { outputDirectory } from '../preflight/output-directory.ts'
import { preflight } from '../preflight/preflight.ts'
import { type GlobalOptions, print } from '../session/common.ts'
import { interruptible, showingCommands, withStore } from '../session/with-build.ts'
import { withOpened } from '../session/with-opened.ts'
import { say } from '../terminal/output.ts'

interface Options extends GlobalOptions {
  disk: string
  tag?: string[]
  output?: string
  load?: boolean
  insecure?: boolean
}

export default (source: string, options: Options): Promise<number> =>
  interruptible((signal) =>
    withStore(signal, (place) =>
      showingCommands(options, async () => {
        // before anything is fetched: a name that cannot be is a mistake in the command line
        namesOf('image', { tag: options.tag })
        const { store } = place
        const { report, close } = plainDisplay(say, { lines: options.verbose === true })
        const checks = [
          input('--disk', resolve(options.disk), 'file'),
          ...(options.output ? [outputDirectory('--output', resolve(options.output))] : []),
          ...(options.load ? [enginesAnswer()] : []),
        ]
        await preflight(checks, { report, signal })
        return withOpened(source, place, options.insecure, async ({ image, toolbox, work }) => {
          const name = nameOf(image, source)
          const log = new BuildLog(store.directory, `${name}-hydrate`)
          try {
            const logger = log.logger('hydrate', report, new Set())
            const directory = options.output
              ? resolve(options.output)
              : join(store.directory, 'layouts', name)
            const { refs } = namesOf(name, { tag: options.tag })
            const hydration = { image, source, disk: options.disk, directory, refs }
            const layout = await asCaller([options.output && directory], () =>
              hydrate(hydration, { store, toolbox, work, log: logger, signal }, report),
            )
            const run = toolbox.run.bind(toolbox)
            const onLine = (text: string) => report({ type: 'line', text })
            if (options.load) await checkLayout(layout, signal)
            const engines = options.load ? await loadImage(layout, { run, signal, onLine }) : []
            const published = { layout, engines }
            print(options, publishedDocument(published), () => publishedText(published))
            return 0
          } finally {
            close()
            await log.close()
          }
        })
      }),
    ),
  )
