import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadImage } from '../../core/cli/loader/load.ts'
import { inStore } from '../../core/cli/verbs/images.ts'
import { cleanStore } from '../../core/store/clean.ts'
import { temporary, write } from '../support/directory.ts'
import { buildOf, newStore } from '../support/image.ts'

/** An image whose disk holds this text. */
const config = (text: string, fails = false) => `import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineImage, definePlugin } from 'antidote'
const disk = definePlugin({
  name: 'disk', version: '1', options: { text: '${text}' },
  apply: ({ bootstrap }) => bootstrap.tap('disk', (_, step) => {
    writeFileSync(join(step.out, 'disk'), '${text}')
    if (${fails}) throw new Error('no')
    return { kind: 'disk', chain: [step.ref('disk')] }
  }),
})
export default defineImage({ name: 'small', use: [disk] })
`

const build = async (store: Awaited<ReturnType<typeof newStore>>, directory: string, keep = false) => {
  const image = await loadImage({ directory })
  return (await buildOf(image, store, { keep })).build.artifact()
}

test('a built image: current, then stale, removed, broken and gone', async () => {
  const store = await newStore()
  const directory = temporary({ 'antidote.config.ts': config('one') })
  expect(await inStore(store)).toEqual({ store: store.directory, images: [], kept: [] })
  const { key } = await build(store, directory)
  const state = async () => (await inStore(store)).images.map((image) => 'state' in image && image.state)

  const [image] = (await inStore(store)).images
  const record = await store.record(key)
  expect(image).toMatchObject({
    image: 'small',
    config: join(directory, 'antidote.config.ts'),
    stage: 'qcow2',
    state: 'current',
    path: store.entryDirectory(key),
    digest: `sha256:${record!.digest}`,
    bytes: record!.bytes,
  })
  write(directory, { 'antidote.config.ts': config('two') })
  expect(await state()).toEqual(['stale'])
  write(directory, { 'antidote.config.ts': config('one') })
  expect(await state()).toEqual(['current'])
  await store.remove(key)
  expect(await state()).toEqual(['removed'])
  write(directory, { 'antidote.config.ts': 'export default {' })
  expect(await state()).toEqual(['broken'])
  rmSync(join(directory, 'antidote.config.ts'))
  expect(await state()).toEqual(['gone'])
})

test('what was kept of a failed step is listed with its size, until it is cleaned', async () => {
  const store = await newStore()
  const directory = temporary({ 'antidote.config.ts': config('x'.repeat(100_000), true) })
  await expect(build(store, directory, true)).rejects.toThrow('no')
  const { kept, images } = await inStore(store)
  expect(images).toEqual([])
  expect(kept).toHaveLength(1)
  expect(kept[0]).toMatchObject({ name: 'small-bootstrap' })
  expect(kept[0]!.bytes).toBeGreaterThan(100_000)
  await cleanStore(store, {})
  expect((await inStore(store)).kept).toEqual([])
})

test('a file that is none of ours beside them does no harm', async () => {
  const store = await newStore()
  writeFileSync(join(store.directory, 'history/x.image.json'), '{"image": 1}')
  writeFileSync(join(store.directory, 'history/y.image.json'), '{')
  expect((await inStore(store)).images).toEqual([])
})

test('a build that writes no history, as the test of a plugin, is not listed', async () => {
  const store = await newStore()
  const directory = temporary({ 'antidote.config.ts': config('one') })
  const image = await loadImage({ directory })
  await (await buildOf(image, store, { history: false })).build.artifact()
  expect((await inStore(store)).images).toEqual([])
  await (await buildOf(image, store)).build.artifact()
  expect((await inStore(store)).images).toMatchObject([{ image: 'small', state: 'current' }])
})
