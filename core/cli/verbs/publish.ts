import { dirname, join, resolve } from 'node:path'
import { specifyMachine } from '../../lifecycle/boot.ts'
import { publishImage } from '../../lifecycle/publication.ts'
import { secretsOf } from '../../lifecycle/secrets.ts'
import { namesOf } from '../../oci/names.ts'
import { checkMetaFile, META_FILE, metaText, writeMetaFile } from '../../platform/file.ts'
import { platformMeta } from '../../platform/meta.ts'
import { asCaller } from '../../process/umask.ts'
import { print } from '../common.ts'
import { publishedDocument, publishedText } from '../display/published.ts'
import { type Session, withBuild } from '../session.ts'
import { publishChanged } from './publish-changed.ts'
import { checkOptions, type PublishOptions } from './publish-options.ts'

const metaOf = async ({ image, build }: Session) =>
  platformMeta(image, await specifyMachine(build), secretsOf(image, build.lifecycle))

/** Shows image.meta.yaml and does nothing else. */
const printMeta = (options: PublishOptions): Promise<number> =>
  withBuild(options, 'boot', async (session) => {
    const meta = await metaOf(session)
    session.quiet()
    print(options, { image: session.image.name, meta }, () => metaText(meta))
    return 0
  })

export default async (options: PublishOptions): Promise<number> => {
  checkOptions(options)
  if (options.changed !== undefined) return publishChanged(options)
  // before anything is loaded: a name that cannot be is a mistake in the command line
  namesOf('image', options)
  if (options.meta === '-') return printMeta(options)
  return withBuild(options, 'publish', async (session) => {
    const { image, store, build, quiet } = session
    const names = namesOf(image.name, options)
    const meta = options.meta && (await metaOf(session))
    const metaFile =
      options.meta === true ? join(dirname(image.file), META_FILE) : resolve(options.meta || '')
    if (meta) await checkMetaFile(metaFile)
    const directory = options.output ? resolve(options.output) : join(store.directory, 'layouts', image.name)
    const { load, insecure, redistribute, withoutVendorDisk } = options
    const dockerfile = options.dockerfile && resolve(options.dockerfile)
    const again = options.cache === false || options.from
    const tests = options.test === false ? 'never' : again ? 'again' : 'once'
    const vendor = { redistribute, withoutVendorDisk }
    const publication = { directory, ...names, ...vendor, load, insecure, dockerfile, tests } as const
    const given = [options.output && directory, dockerfile]
    const published = await asCaller(given, () => publishImage(build, publication))
    if (meta) await asCaller([metaFile], () => writeMetaFile(metaFile, meta))
    quiet()
    const also = { ...(meta && { meta: metaFile }), ...(dockerfile && { dockerfile }) }
    print(options, { ...publishedDocument(published), ...also }, () => publishedText(published, also))
    return 0
  })
}
