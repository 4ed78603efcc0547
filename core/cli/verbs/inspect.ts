import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../errors/catalogue.ts'
import { type Inspected, inspectImage } from '../../oci/inspect.ts'
import { openImage } from '../../oci/open-image.ts'
import { countPlaces, listPlaces } from '../../snapshot/summary.ts'
import type { Store } from '../../store/store.ts'
import { Toolbox } from '../../toolbox/toolbox.ts'
import { findImage, type GlobalOptions, print } from '../common.ts'
import { inspectText } from '../display/inspect.ts'
import { interruptible, withStore } from '../session.ts'

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

/** What is printed: a record's long lists are counted, or listed where they are asked for. */
const documentOf = ({ saved, ...image }: Inspected, places: boolean) => ({
  ...image,
  saved: saved.map(({ record, ...one }) => {
    const { saved, qemu, hardware, proof, memory, state } = record
    return {
      ...one,
      saved,
      qemu,
      hardware,
      memory: { bytes: memory.bytes, places: memory.places.length },
      state: { bytes: state.bytes, places: state.places.length },
      addresses: countPlaces(record),
      ...(places && { places: listPlaces(record) }),
      ...(proof && { proof }),
    }
  }),
})

export type InspectDocument = ReturnType<typeof documentOf>

export default (source: string | undefined, options: Options): Promise<number> =>
  interruptible((signal) =>
    withStore(signal, async ({ store }) => {
      const what = source ?? (await lastPublished(store, options))
      // what it gives up for is told by the error
      const onLine = (line: string) => line.includes('level=fatal') || process.stderr.write(`${line}\n`)
      const toolbox = await Toolbox.ensure(store, { signal, onLine })
      const run = toolbox.run.bind(toolbox)
      const work = await mkdtemp(join(store.directory, 'tmp', 'inspect-'))
      try {
        const reach = { work, run, signal, onLine, ...(options.insecure && { insecure: true }) }
        const image = await openImage(what, reach)
        const document = documentOf(await inspectImage(image, what, { run, signal }), options.places === true)
        print(options, document, () => inspectText(document))
        return 0
      } finally {
        await store.deleteTemporary(work)
      }
    }),
  )
