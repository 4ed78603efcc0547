import { resolve } from 'node:path'
import { isAntidoteError } from '../../base/errors/error.ts'
import { asCaller } from '../../base/process/umask.ts'
import { requirePush } from '../../publish/oci/push-permission.ts'
import { alreadyPublished, publishImage } from '../../publish/publish.ts'
import { Toolbox } from '../../store/toolbox/toolbox.ts'
import {
  type CollectionDisplay,
  collectionTable,
  liveCollection,
  plainCollection,
} from '../display/collection.ts'
import { plainDisplay } from '../display/plain.ts'
import { engines } from '../preflight/engines.ts'
import { outputDirectory } from '../preflight/output-directory.ts'
import { preflight } from '../preflight/preflight.ts'
import { registryAnswers } from '../preflight/registry.ts'
import { room } from '../preflight/room.ts'
import { print } from '../session/common.ts'
import { interruptible, isLive, type Workplace, withImage, withStore } from '../session/with-build.ts'
import { say } from '../terminal/output.ts'
import { printError } from '../terminal/print-error.ts'
import { attempt, documentOf, forced, type Member, membersOf } from './publish-members.ts'
import type { PublishOptions } from './publish-options.ts'

/** Failures of the registry itself: they would be those of every image. */
const EVERYBODYS = ['REGISTRY_UNREACHABLE', 'REGISTRY_INSECURE', 'ENGINE_MISSING', 'ENGINE_UNREACHABLE']

/** Finds out which images need not be published: what stands in their place was made from the same. */
const compare = async (
  members: readonly Member[],
  { store, signal }: Workplace,
  display: CollectionDisplay,
): Promise<void> => {
  for (const member of members) {
    const { key, publication, row } = member
    if (!key || !publication) continue
    const event = {
      type: 'step',
      stage: 'toolbox',
      plugin: 'antidote',
      tap: 'toolbox',
      state: 'start',
    } as const
    const onStart = () => display.report(row, event)
    const toolbox = () => Toolbox.ensure(store, { signal, onStart })
    await attempt(member, signal, async () => {
      const standing = await alreadyPublished(key, publication, { toolbox, signal })
      row.step = undefined
      if (standing) Object.assign(row, { state: 'unchanged', digest: standing.digest, bytes: standing.bytes })
      else row.state = 'waiting'
    })
    const { error } = member
    if (isAntidoteError(error) && EVERYBODYS.includes(error.code)) throw error
  }
}

/** Looks at what all images need: nothing of it is known only by building one. */
const lookAhead = (members: readonly Member[], work: Workplace, options: PublishOptions): Promise<void> => {
  const to = members.find(({ publication }) => publication?.to)?.publication?.to
  const { report } = plainDisplay(say)
  return preflight(
    [
      ...(options.output ? [outputDirectory('--output', resolve(options.output))] : []),
      ...(options.load ? [engines()] : []),
      ...(to ? [registryAnswers(to, { insecure: options.insecure })] : []),
    ],
    { report, signal: work.signal },
  )
}

/** Finds out, before the first of them is built, which images the registry would not take. */
const askRegistry = async (members: readonly Member[], { signal }: Workplace): Promise<void> => {
  for (const member of members) {
    const { to, insecure } = member.publication ?? {}
    if (!to || member.row.state !== 'waiting') continue
    await attempt(member, signal, () => requirePush(to, { insecure, signal }))
  }
}

/** Publishes one image, with its progress in its row. */
const publishMember = async (
  member: Member,
  work: Workplace,
  options: PublishOptions,
  display: CollectionDisplay,
): Promise<void> => {
  const { row, image, publication } = member
  if (!image || !publication) return
  const began = Date.now()
  Object.assign(row, { state: 'building', began })
  display.update(row)
  const shown = { report: display.report.bind(display, row), close: display.pause }
  await attempt(member, work.signal, () =>
    withImage(image, work, options, shown, async (session) => {
      const { build } = session
      await preflight([room(build, 'publish')], session)
      const { layout } = await asCaller([options.output && publication.directory], () =>
        publishImage(build, publication),
      )
      const bytes = layout.layers.reduce((sum, layer) => sum + layer.bytes, 0)
      Object.assign(row, { state: 'published', digest: layout.manifestDigest, bytes })
    }),
  )
  Object.assign(row, { ms: Date.now() - began, step: undefined })
}

/** Publishes what changed of a directory of images. Gives 1 if any of them failed. */
export const publishChanged = (options: PublishOptions): Promise<number> =>
  interruptible((signal) =>
    withStore(signal, async (work) => {
      const root = resolve(typeof options.changed === 'string' ? options.changed : (options.directory ?? '.'))
      const members = await membersOf(root, options, work)
      await lookAhead(members, work, options)
      const rows = members.map(({ row }) => row)
      const display = isLive(options)
        ? liveCollection(process.stderr, rows)
        : plainCollection(say, { lines: options.verbose === true })
      let begun = false
      try {
        if (!forced(options)) await compare(members, work, display)
        await askRegistry(members, work)
        begun = true
        for (const member of members) {
          if (member.row.state === 'waiting') await publishMember(member, work, options, display)
          display.update(member.row)
        }
      } catch (error) {
        display.close()
        if (begun) say(`${collectionTable(rows).join('\n')}\n`)
        throw error
      }
      display.close()
      print(options, { images: members.map(documentOf) }, () => `${collectionTable(rows).join('\n')}\n`)
      const failures = members.filter(({ error }) => error !== undefined)
      for (const { error } of failures) printError(error)
      return failures.length > 0 ? 1 : 0
    }),
  )
