import { existsSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { table } from '../../base/text/table.ts'
import { type Built, readBuilt } from '../../build/built.ts'
import { createLifecycle } from '../../build/lifecycle.ts'
import { type Plan, planImage } from '../../build/plan.ts'
import type { Image } from '../../contract/config/image.ts'
import { buildStages } from '../../contract/plugin/stages.ts'
import { imageKey } from '../../publish/image-key.ts'
import { KEY_LABEL } from '../../publish/oci/config.ts'
import { readLayout } from '../../publish/oci/read-layout.ts'
import { listKept } from '../../store/kept.ts'
import { Store } from '../../store/store.ts'
import { formatBytes, formatWhen } from '../arguments/parse.ts'
import { loadImage } from '../loader/load.ts'
import { type GlobalOptions, print } from '../session/common.ts'

/**
 * `current`: a build now would give the same; `stale`: it would give another; `gone`: the config is not there any more;
 * `broken`: it cannot be loaded; `removed`: the store has the result no longer.
 */
type State = 'current' | 'stale' | 'gone' | 'broken' | 'removed'

interface Planned {
  image: Image
  plan: Plan
}

const planOf = async (file: string, store: Store): Promise<Planned | 'gone' | 'broken'> => {
  if (!existsSync(file)) return 'gone'
  try {
    const image = await loadImage({ file })
    return { image, plan: planImage(image, createLifecycle(image), store) }
  } catch {
    return 'broken'
  }
}

const publishedOf = async (store: Store, name: string, planned: Planned | 'gone' | 'broken') => {
  const directory = join(store.directory, 'layouts', name)
  if (!existsSync(join(directory, 'index.json'))) return undefined
  try {
    const { digest, labels, layers } = await readLayout(directory, name)
    const { mtime } = await stat(join(directory, 'index.json'))
    const key = typeof planned === 'string' ? undefined : await imageKey(planned.image, planned.plan)
    const state: State =
      typeof planned === 'string' ? planned : labels[KEY_LABEL] === key ? 'current' : 'stale'
    const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0)
    return { path: directory, digest, bytes, time: mtime.toISOString(), state }
  } catch {
    return undefined
  }
}

const builtOf = async (store: Store, { stage, key }: Built, planned: Planned | 'gone' | 'broken') => {
  const record = await store.record(key)
  const stages = buildStages.slice(0, buildStages.indexOf(stage) + 1)
  const wanted =
    typeof planned === 'string' ? undefined : stages.flatMap((each) => planned.plan[each]).at(-1)?.key
  const state: State =
    typeof planned === 'string' ? planned : !record ? 'removed' : wanted === key ? 'current' : 'stale'
  return {
    stage,
    state,
    ...(record && {
      path: store.entryDirectory(key),
      digest: `sha256:${record.digest}`,
      bytes: record.bytes,
    }),
  }
}

/** Every image that was built into the store, or published into it. */
const imagesOf = async (store: Store) => {
  const images = []
  for (const built of await readBuilt(store.directory)) {
    const planned = await planOf(built.file, store)
    const published = await publishedOf(store, built.image, planned)
    const { image, file, time } = built
    images.push({
      image,
      config: file,
      time,
      ...(await builtOf(store, built, planned)),
      ...(published && { published }),
    })
  }
  const known = new Set(images.map(({ image }) => image))
  const layouts = await readdir(join(store.directory, 'layouts')).catch(() => [])
  for (const image of layouts.filter((name) => !known.has(name)).sort()) {
    // completed by `hydrate`, or built before this was remembered
    const published = await publishedOf(store, image, 'gone')
    if (published) images.push({ image, time: published.time, published })
  }
  return images
}

type Row = Awaited<ReturnType<typeof imagesOf>>[number]

const rowsOf = ({ image, published, time, ...built }: Row): string[][] => {
  const line = (
    what: string,
    when: string,
    bytes: number | undefined,
    state: string,
    path: string | undefined,
  ) => [image, what, formatWhen(when), bytes === undefined ? '' : formatBytes(bytes), state, path ?? '']
  return [
    ...('stage' in built ? [line(built.stage, time, built.bytes, built.state, built.path)] : []),
    ...(published
      ? [line('published', published.time, published.bytes, published.state, published.path)]
      : []),
  ]
}

/** What a store has: images, and files of failed steps. */
export const inStore = async (store: Store) => ({
  store: store.directory,
  images: await imagesOf(store),
  kept: await listKept(store),
})

export default async (options: GlobalOptions): Promise<number> => {
  const found = await inStore(await new Store().open())
  const { images, kept } = found
  print(options, found, () => {
    const rows = images.flatMap(rowsOf)
    const keptRows = kept.map(({ name, time, bytes, path }) => [
      name,
      formatWhen(time),
      formatBytes(bytes),
      path,
    ])
    return [
      ...(rows.length === 0 ? [`Nothing was built into ${found.store}.`] : []),
      ...(rows.length > 0 ? table([['image', 'built', 'when', 'size', 'state', 'path'], ...rows]) : []),
      ...(keptRows.length > 0
        ? ['', 'kept of failed steps, until `antidote clean`', ...table(keptRows)]
        : []),
      '',
    ].join('\n')
  })
  return 0
}
