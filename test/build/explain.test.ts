import { expect, test } from 'vitest'
import { secret } from '../../core/base/model/secret.ts'
import { readHistory, whyChanged, writeHistory } from '../../core/build/explain.ts'
import type { Image } from '../../core/contract/config/image.ts'
import type { Stage } from '../../core/contract/plugin/stages.ts'
import { temporary, write } from '../support/directory.ts'
import { disk, imageOf, newStore, planOf, plugin } from '../support/image.ts'

/** Why the last step of a stage would run again, for an image that was built and then became another. */
const why = async (before: Image, after: () => Image, stage: Stage = 'rootfs'): Promise<string[]> => {
  const store = await newStore()
  await writeHistory(store, before, Object.values(planOf(before)).flat())
  const image = after()
  return whyChanged(planOf(image)[stage].at(-1)!, await readHistory(store, image))
}

const withOptions = (options: unknown, version = '1', needs = {}) =>
  imageOf([
    disk(),
    plugin(({ rootfs }) => rootfs.tap({ name: 't', needs }, (tree) => tree), { options, version }),
  ])

test('never built', async () => {
  const store = await newStore()
  const image = withOptions({})
  expect(whyChanged(planOf(image).rootfs[0]!, await readHistory(store, image))).toEqual(['never built here'])
})

test('nothing changed, so it was removed', async () => {
  expect(await why(withOptions({}), () => withOptions({}))).toEqual(['its result is no longer in the store'])
})

test.each<[string, unknown, unknown, string[]]>([
  ['a value', { text: 'a' }, { text: 'b' }, ['option "text" changed from "a" to "b"']],
  ['an option more', {}, { a: 1 }, ['option "a" changed from nothing to 1']],
  ['an option less', { a: 1 }, {}, ['option "a" changed from 1 to nothing']],
  ['one inside another', { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, ['option "a.c" changed from 2 to 3']],
  [
    'items of a list',
    { packages: ['git', 'jq'] },
    { packages: ['git', 'vim'] },
    ['option "packages" changed: +vim -jq'],
  ],
  [
    'the order of a list',
    { packages: ['a', 'b'] },
    { packages: ['b', 'a'] },
    ['option "packages" changed from ["a","b"] to ["b","a"]'],
  ],
  [
    'several',
    { a: 1, b: 1 },
    { a: 2, b: 2 },
    ['option "a" changed from 1 to 2', 'option "b" changed from 1 to 2'],
  ],
  ['a secret', { p: secret('one') }, { p: secret('two') }, ['option "p" changed from a secret to another']],
  [
    'a secret instead of a text',
    { p: 'one' },
    { p: secret('one') },
    ['option "p" changed from "one" to a secret'],
  ],
])('%s', async (_, before, after, reasons) => {
  expect(await why(withOptions(before), () => withOptions(after))).toEqual(reasons)
})

test('a long value is cut', async () => {
  const [reason] = await why(withOptions({ text: 'a' }), () => withOptions({ text: 'b'.repeat(500) }))
  expect(reason!.length).toBeLessThan(120)
})

test("the plugin's version", async () => {
  expect(await why(withOptions({}), () => withOptions({}, '2'))).toEqual(['plugin test changed from 1 to 2'])
})

test('files that changed, came and went', async () => {
  const directory = temporary({ a: '1', b: '1', c: '1' })
  const image = (files: string[]) =>
    imageOf([disk(), plugin(({ rootfs }) => rootfs.tap({ name: 't', files }, (tree) => tree))], {}, directory)
  const reasons = await why(image(['a', 'b']), () => {
    write(directory, { a: '2' })
    return image(['a', 'c'])
  })
  expect(reasons).toEqual(['file a changed', 'file b was removed', 'file c was added'])
})

test('what it needs', async () => {
  const need = (inputs: unknown) => ({ name: 'linux', version: '1', inputs, make: async () => {} })
  const before = withOptions({}, '1', { linux: need(1), gone: need(1) })
  expect(await why(before, () => withOptions({}, '1', { linux: need(2) }))).toEqual([
    'what it needs changed: linux',
    'what it needs changed: gone',
  ])
})

test('the step before it', async () => {
  const image = (value: number) =>
    imageOf([disk(() => {}, { value }), plugin(({ rootfs }) => rootfs.tap('t', (tree) => tree))])
  expect(await why(image(1), () => image(2))).toEqual(['the step before it changed'])
})

test('the toolbox', async () => {
  const store = await newStore()
  const image = withOptions({})
  const [bootstrap] = planOf(image).bootstrap
  const older = {
    ...bootstrap!,
    key: 'older',
    described: { ...bootstrap!.described, parent: 'an older toolbox' },
  }
  await writeHistory(store, image, [older])
  expect(whyChanged(bootstrap!, await readHistory(store, image))).toEqual(['the toolbox changed'])
})

test('images have histories of their own', async () => {
  const store = await newStore()
  const image = withOptions({})
  await writeHistory(store, image, planOf(image).rootfs)
  expect(Object.keys(await readHistory(store, image))).toEqual(['rootfs/test/t'])
  expect(await readHistory(store, { ...image, name: 'other' })).toEqual({})
})
