import { basename, join, resolve } from 'node:path'
import { createLifecycle } from '../../build/lifecycle.ts'
import { planImage } from '../../build/plan.ts'
import type { Image } from '../../contract/config/image.ts'
import { imageKey } from '../../publish/image-key.ts'
import { namesBelow } from '../../publish/oci/names.ts'
import type { Publication } from '../../publish/publish.ts'
import type { Row } from '../display/collection.ts'
import { loadCollection } from '../loader/collection.ts'
import type { Workplace } from '../session/with-build.ts'
import { errorDocument } from '../terminal/print-error.ts'
import type { PublishOptions } from './publish-options.ts'

/** One image of the directory on its way. */
export interface Member {
  row: Row
  directory: string
  /** Absent where the config cannot be loaded. */
  image?: Image
  publication?: Publication
  key?: string
  error?: unknown
}

/** Whether everything counts as changed. */
export const forced = (options: PublishOptions): boolean =>
  options.cache === false || options.from !== undefined

/** Does something for one image; its failure is kept with it, for the others go on. */
export const attempt = async (
  member: Member,
  signal: AbortSignal,
  act: () => Promise<void>,
): Promise<void> => {
  try {
    await act()
  } catch (error) {
    if (signal.aborted) member.row.state = 'stopped'
    signal.throwIfAborted()
    Object.assign(member, { error })
    Object.assign(member.row, { state: 'failed', step: undefined })
  }
}

/** The images of a directory with their keys. What cannot be loaded or planned has failed already. */
export const membersOf = async (
  root: string,
  options: PublishOptions,
  { store, signal }: Workplace,
): Promise<Member[]> => {
  const { images, broken } = await loadCollection(root)
  const { to, preview, load, insecure, redistribute, output } = options
  const layouts = output ? resolve(output) : join(store.directory, 'layouts')
  const tests = options.test === false ? 'never' : forced(options) ? 'again' : 'once'
  const members: Member[] = []
  for (const image of images) {
    const directory = join(layouts, image.name)
    const names = namesBelow(to, image.name, preview)
    const publication = { directory, ...names, load, insecure, redistribute, tests } as const
    const row: Row = { name: image.name, state: 'waiting' }
    const member: Member = { row, directory: image.directory, image, publication }
    await attempt(member, signal, async () => {
      member.key = await imageKey(image, planImage(image, createLifecycle(image), store))
    })
    members.push(member)
  }
  // what such an image is called only its config knows
  const failed = broken.map(({ directory, error }): Member => {
    return { row: { name: basename(directory), state: 'failed' }, directory, error }
  })
  return [...members, ...failed]
}

/** What became of an image, as programs read it. */
export const documentOf = ({ row, directory, publication, key, error }: Member) => {
  const { refs = [], to } = publication ?? {}
  return {
    image: row.name,
    directory,
    state: row.state,
    key,
    refs: row.state === 'failed' ? [] : [...refs, ...(to ? [to] : [])],
    digest: row.digest,
    bytes: row.bytes,
    ms: row.ms,
    ...(error !== undefined && { error: errorDocument(error) }),
  }
}
