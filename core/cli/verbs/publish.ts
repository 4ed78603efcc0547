import { dirname, join, resolve } from 'node:path'
import { asCaller } from '../../base/process/umask.ts'
import { specifyMachine } from '../../build/first-machine.ts'
import { secretsOf } from '../../build/secrets.ts'
import { checkMetaFile, META_FILE, metaText, writeMetaFile } from '../../lesson/platform/file.ts'
import { platformMeta } from '../../lesson/platform/meta.ts'
import { namesOf } from '../../publish/oci/names.ts'
import { publishImage } from '../../publish/publish.ts'
import { publishedDocument, publishedText } from '../display/published.ts'
import { archive as archiveFile } from '../preflight/archive.ts'
import { buildContext } from '../preflight/build-context.ts'
import { engines } from '../preflight/engines.ts'
import { outputDirectory } from '../preflight/output-directory.ts'
import { outputFile } from '../preflight/output-file.ts'
import type { Check } from '../preflight/preflight.ts'
import { registry } from '../preflight/registry.ts'
import { sourceDateKnown } from '../preflight/source-date.ts'
import { print } from '../session/common.ts'
import { type Session, withBuild } from '../session/with-build.ts'
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
  const ahead = (session: Session) => needs(session, options)
  return withBuild({ ...options, ahead }, 'publish', async (session) => {
    const { image, store, build, quiet } = session
    const names = namesOf(image.name, options)
    const meta = options.meta && (await metaOf(session))
    const metaFile = metaFileOf(session, options)
    if (meta && metaFile) await checkMetaFile(metaFile)
    const directory = options.output ? resolve(options.output) : join(store.directory, 'layouts', image.name)
    const { load, insecure, redistribute, withoutVendorDisk } = options
    const dockerfile = options.dockerfile && resolve(options.dockerfile)
    const archive = options.archive && resolve(options.archive)
    const again = options.cache === false || options.from
    const tests = options.test === false ? 'never' : again ? 'again' : 'once'
    const vendor = { redistribute, withoutVendorDisk }
    const publication = {
      directory,
      ...names,
      ...vendor,
      load,
      insecure,
      dockerfile,
      archive,
      tests,
    } as const
    const given = [options.output && directory, dockerfile, archive]
    const published = await asCaller(given, () => publishImage(build, publication))
    if (meta && metaFile) await asCaller([metaFile], () => writeMetaFile(metaFile, meta))
    quiet()
    const also = {
      ...(meta && metaFile && { meta: metaFile }),
      ...(dockerfile && { dockerfile }),
      ...(archive && { archive }),
    }
    print(options, { ...publishedDocument(published), ...also }, () => publishedText(published, also))
    return 0
  })
}

/** Where image.meta.yaml goes, if it is asked for. */
const metaFileOf = ({ image }: Session, { meta }: PublishOptions): string | undefined =>
  meta === true ? join(dirname(image.file), META_FILE) : meta && resolve(meta)

/** What publishing needs when the image is built. */
const needs = (session: Session, options: PublishOptions): Check[] => {
  const { output, archive, dockerfile, load, insecure } = options
  const { to } = namesOf(session.image.name, options)
  const meta = metaFileOf(session, options)
  return [
    sourceDateKnown(session.image),
    ...(output ? [outputDirectory('--output', resolve(output))] : []),
    ...(archive ? [archiveFile('--archive', resolve(archive))] : []),
    ...(dockerfile ? [buildContext('--dockerfile', resolve(dockerfile))] : []),
    ...(meta ? [outputFile('--meta', meta)] : []),
    ...(load ? [engines()] : []),
    ...(to ? [registry(to, { insecure })] : []),
  ]
}
