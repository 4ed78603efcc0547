import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { BuildOptions } from '../../../core/build/build.ts'
import { room } from '../../../core/cli/preflight/room.ts'
import type { Stage } from '../../../core/contract/plugin/stages.ts'
import type { Store } from '../../../core/store/store.ts'
import { toolboxKey } from '../../../core/store/toolbox/recipe.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../../support/image.ts'

const MIB = 2 ** 20

/** Has the store hold a result, as far as a look at its record tells. */
const hold = (store: Store, ...keys: string[]) => {
  for (const key of keys) {
    mkdirSync(join(store.directory, 'steps', key))
    writeFileSync(join(store.directory, 'steps', key, 'record.json'), JSON.stringify({ version: 1, key }))
  }
}

const kernel = plugin(
  (hooks) =>
    hooks.kernel.tap(
      {
        name: 'compile',
        needs: { kernel: { name: 'kernel', version: '1', inputs: {}, make: async () => {} } },
      },
      (tree) => tree,
    ),
  { name: 'kernel' },
)

/** What is said of so many MiB of room. */
const world = async (options: Partial<BuildOptions> = {}) => {
  const store = await newStore()
  const { build } = await buildOf(imageOf([disk(), kernel]), store, options)
  const said = (mib: number, until: Stage = 'qcow2') =>
    room(
      build,
      until,
      () => mib * MIB,
    )(new AbortController().signal).then(
      () => 'enough',
      ({ code, message }: { code: string; message: string }) =>
        `${code} ${message.replace(store.directory, 'STORE')}`,
    )
  return { store, build, said }
}

const last = ({ plan }: Awaited<ReturnType<typeof world>>['build']) => plan.qcow2.at(-1) ?? plan.kernel[0]!

test('a first build says what it needs before it begins', async () => {
  const { said } = await world()
  expect(await said(150)).toBe(
    'STORE_ROOM The disk that holds STORE has 150 MB free, and a first build needs 4.0 GB.',
  )
  expect(await said(4096)).toBe('enough')
  expect(await said(1, 'configure')).toBe('enough')
})

test('a build whose kernel is still to be compiled needs as much, another less', async () => {
  const { store, build, said } = await world()
  hold(store, toolboxKey)
  expect(await said(2000)).toMatch(/a build with its kernel needs 4\.0 GB/)
  // no kernel before its stage
  expect(await said(2000, 'bootstrap')).toBe('enough')
  hold(store, build.plan.kernel[0]!.needs.kernel!.key)
  expect(await said(2000)).toBe('enough')
  expect(await said(1000)).toMatch(/a build needs 1\.0 GB/)
})

test('what is built needs room only for what is done with it', async () => {
  const { store, build, said } = await world()
  hold(store, toolboxKey, last(build).key)
  expect(await said(1)).toBe('enough')
  expect(await said(1, 'boot')).toMatch(/a machine that runs needs 256 MB/)
  expect(await said(300, 'test')).toBe('enough')
  expect(await said(300, 'publish')).toMatch(/packing an image needs 512 MB/)
})

test('what is made again although it is there needs its room', async () => {
  const { store, build, said } = await world({ from: 'kernel' })
  hold(store, toolboxKey, last(build).key, build.plan.kernel[0]!.needs.kernel!.key)
  expect(await said(500)).toMatch(/a build needs 1\.0 GB/)
  const all = await buildOf(imageOf([disk(), kernel]), store, { noCache: true })
  const anew = room(all.build, 'qcow2', () => 2000 * MIB)(new AbortController().signal)
  await expect(anew).rejects.toThrow(/with its kernel needs 4\.0 GB/)
})
