import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { inspectImage } from '../../publish/oci/inspect.ts'
import type { Store } from '../../store/store.ts'
import { documentOf, inspectText } from '../display/inspect.ts'
import { findImage, type GlobalOptions, print } from '../session/common.ts'
import { interruptible, showingCommands, withStore } from '../session/with-build.ts'
import { withOpened } from '../session/with-opened.ts'

interface Options extends GlobalOptions {
  places?: boolean
  insecure?: boolean
}

/** The layout that `publish` wrote last. Throws IMAGE_UNPUBLISHED. */
const lastPublished = async (store: Store, options: Options): Promise<string> => {
  const { name } = await findImage(options)
  const directory = join(store.directory, 'layouts', name)
  if (!existsSync(join(directory, 'index.json'))) throw errors.imageUnpublished(name, directory)
  return directory
}

export default (source: string | undefined, options: Options): Promise<number> =>
  interruptible((signal) =>
    withStore(signal, (place) =>
      showingCommands(options, async () => {
        const what = source ?? (await lastPublished(place.store, options))
        return withOpened(what, place, options.insecure, async ({ image, toolbox }) => {
          const reach = { run: toolbox.run.bind(toolbox), signal }
          const document = documentOf(await inspectImage(image, what, reach), options.places === true)
          print(options, document, () => inspectText(document))
          return 0
        })
      }),
    ),
  )
