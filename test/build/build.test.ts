import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { Need } from '../../core/contract/plugin/stages.ts'
import { gate } from '../support/gate.ts'
import { buildOf, disk, imageOf, newStore, passing, plugin, stepsOf } from '../support/image.ts'
import { overwrite } from '../support/store.ts'

/** An image that notes in `ran` what really ran. */
const imageThat = (ran: string[], options: { rootfs?: number; provision?: number } = {}) =>
  imageOf([
    disk(() => ran.push('bootstrap disk')),
    passing('a', ['rootfs'], ran, { value: options.rootfs ?? 0 }),
    passing('b', ['provision'], ran, { value: options.provision ?? 0 }),
  ])

const ALL = ['bootstrap disk', 'rootfs a', 'provision b']

test('a build runs every step in order, keeps each result, and tells about it', async () => {
  const ran: string[] = []
  const { build, events, store } = await buildOf(imageThat(ran), await newStore())
  const artifact = await build.artifact()
  expect(ran).toEqual(ALL)
  expect(artifact.kind).toBe('disk')
  expect(Object.isFrozen(artifact)).toBe(true)
  if (artifact.kind !== 'disk') return
  expect(Object.isFrozen(artifact.chain[0])).toBe(true)
  expect(readFileSync(store.path(artifact.chain[0]!), 'utf8')).toBe('{}')
  expect(artifact.key).toBe(build.plan.qcow2.at(-1)!.key)
  expect((await store.record(artifact.key))?.refers).toEqual([artifact.chain[0]!.step])
  expect(
    events
      .filter(({ type }) => type === 'stage')
      .map((event) => JSON.stringify(event).replace(/"ms":\d+/, '"ms":0')),
  ).toHaveLength(10)
  expect(stepsOf(events)).toEqual([
    'disk disk: start',
    'disk disk: done',
    'a pass: start',
    'a pass: done',
    'b pass: start',
    'b pass: done',
    'antidote ext4: start',
    'antidote ext4: done',
  ])
  expect(build.times.map(({ stage, cached }) => `${stage} ${cached}`)).toEqual([
    'bootstrap false',
    'kernel true',
    'rootfs false',
    'provision false',
    'qcow2 false',
  ])
  expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
})

describe('what is kept is not made again', () => {
  test('nothing runs twice, only what changed and what comes after it does, and it need not have what came before', async () => {
    const ran: string[] = []
    const first = await buildOf(imageThat(ran), await newStore())
    const artifact = await first.build.artifact()

    ran.length = 0
    const again = await buildOf(imageThat(ran), first.store)
    expect(await again.build.artifact()).toEqual(artifact)
    expect(ran).toEqual([])
    expect(stepsOf(again.events)).toEqual([
      'disk disk: cached',
      'a pass: cached',
      'b pass: cached',
      'antidote ext4: cached',
    ])
    expect(again.build.times.every(({ cached }) => cached)).toBe(true)

    // the steps before a whole one may be gone
    await first.store.remove(first.build.plan.rootfs[0]!.key)
    const changed = await buildOf(imageThat(ran, { provision: 1 }), first.store)
    await changed.build.artifact()
    expect(ran).toEqual(['rootfs a', 'provision b'])

    ran.length = 0
    await (await buildOf(imageThat(ran), first.store)).build.artifact()
    expect(ran).toEqual([])

    const from = await buildOf(imageThat(ran), first.store, { from: 'provision' })
    await from.build.artifact()
    expect(ran).toEqual(['provision b'])

    ran.length = 0
    await (await buildOf(imageThat(ran), first.store, { noCache: true })).build.artifact('rootfs')
    expect(ran).toEqual(['bootstrap disk', 'rootfs a'])
  })

  test('a damaged result is told and made anew, and what stands on it is kept', async () => {
    const ran: string[] = []
    const first = await buildOf(imageThat(ran), await newStore())
    await first.build.artifact()
    const key = first.build.plan.bootstrap[0]!.key
    overwrite(first.store, key, 'disk', 'damaged')
    ran.length = 0
    const { build, events, store } = await buildOf(imageThat(ran), first.store)
    const artifact = await build.artifact()
    expect(ran).toEqual(['bootstrap disk'])
    expect(events).toContainEqual({
      type: 'warn',
      text: 'The stored result of bootstrap › disk was damaged and is made anew: its files are not as they were written.',
    })
    expect(artifact.kind === 'disk' && readFileSync(store.path(artifact.chain[0]!), 'utf8')).toBe('{}')
  })
})

test('what a tap needs is made once, before it, and is at hand', async () => {
  const ran: string[] = []
  const inner: Need = {
    name: 'inner',
    version: '1',
    inputs: null,
    make: async (step) => {
      ran.push('inner')
      writeFileSync(join(step.out, 'in'), 'inner')
    },
  }
  const outer: Need = {
    name: 'outer',
    version: '1',
    inputs: null,
    needs: { inner },
    make: async (step) => {
      ran.push('outer')
      writeFileSync(join(step.out, 'out'), `${readFileSync(join(step.need('inner'), 'in'), 'utf8')} outer`)
    },
  }
  const image = (value: number) =>
    imageOf([
      disk(),
      plugin(({ kernel }) =>
        kernel.tap({ name: 't', inputs: { value }, needs: { outer } }, (subject, step) => {
          ran.push(`kernel with ${readFileSync(step.path(step.ref('out', 'outer')), 'utf8')}`)
          return subject
        }),
      ),
    ])
  const first = await buildOf(image(1), await newStore())
  await first.build.artifact('kernel')
  expect(ran).toEqual(['inner', 'outer', 'kernel with inner outer'])
  ran.length = 0
  await (await buildOf(image(2), first.store)).build.artifact('kernel')
  expect(ran).toEqual(['kernel with inner outer'])
})

test('two builds at once: one makes it, the other waits and takes it', async () => {
  const ran: string[] = []
  const { promise, resolve: go } = gate()
  const image = () =>
    imageOf([
      plugin(({ bootstrap }) =>
        bootstrap.tap('slow', async (_, step) => {
          ran.push('made')
          await promise
          writeFileSync(join(step.out, 'disk'), 'x')
          return { kind: 'disk', chain: [step.ref('disk')] }
        }),
      ),
    ])
  const store = await newStore()
  const [one, two] = [await buildOf(image(), store), await buildOf(image(), store)]
  const building = [one.build.artifact('bootstrap'), two.build.artifact('bootstrap')]
  await expect.poll(() => [...stepsOf(one.events), ...stepsOf(two.events)]).toContain('test slow: waiting')
  go()
  const [a, b] = await Promise.all(building)
  expect(a).toEqual(b)
  expect(ran).toEqual(['made'])
  expect([...stepsOf(one.events), ...stepsOf(two.events)].sort()).toEqual([
    'test slow: cached',
    'test slow: done',
    'test slow: start',
    'test slow: waiting',
  ])
})

describe('a step that fails', () => {
  const failing = (defer: string[], out = 'half') =>
    imageOf([
      plugin(({ bootstrap }) =>
        bootstrap.tap('fails', (_, step) => {
          for (const name of ['first', 'second', 'third']) step.defer(() => void defer.push(name))
          step.defer(() => {
            throw new Error('this clean-up fails')
          })
          writeFileSync(join(step.out, out), '')
          throw new Error('no way')
        }),
      ),
    ])

  test('is cleaned up in reverse order, whatever fails, and leaves nothing', async () => {
    const order: string[] = []
    const { build, events, store } = await buildOf(failing(order), await newStore())
    await expect(build.artifact()).rejects.toThrow('no way')
    expect(order).toEqual(['third', 'second', 'first'])
    expect(events).toContainEqual({ type: 'warn', text: 'Clean-up failed: Error: this clean-up fails' })
    expect(stepsOf(events)).toEqual(['test fails: start', 'test fails: failed'])
    expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
    expect(readdirSync(join(store.directory, 'steps'))).toEqual([])
    // and nobody holds its lock
    await (await store.lock(build.plan.bootstrap[0]!.key, { noWait: true }))!.release()
  })

  test('can be kept to look at, each time', async () => {
    const store = await newStore()
    for (const _ of [1, 2]) {
      const { build, events } = await buildOf(failing([]), store, { keep: true })
      await expect(build.artifact()).rejects.toThrow('no way')
      const told = events
        .map((event) => ('text' in event ? event.text : ''))
        .find((text) => text.includes('are kept in'))
      const [, where] = / are kept in (.+)\.$/.exec(told ?? '')!
      expect(existsSync(join(where!, 'half'))).toBe(true)
    }
  })

  test('can be looked at while its files stand', async () => {
    const order: string[] = []
    const onFailure = vi.fn(async (step) => {
      expect(existsSync(join(step.out, 'half'))).toBe(true)
      expect(order).toEqual([])
    })
    const { build } = await buildOf(failing(order), await newStore(), { onFailure })
    await expect(build.artifact()).rejects.toThrow('no way')
    expect(onFailure).toHaveBeenCalledOnce()
  })

  test('keeps what was made before it', async () => {
    const ran: string[] = []
    let fail = true
    const image = () =>
      imageOf([
        disk(() => ran.push('bootstrap')),
        plugin(({ rootfs }) =>
          rootfs.tap('sometimes', (tree) => {
            if (fail) throw new Error('not yet')
            return tree
          }),
        ),
      ])
    const { build, store } = await buildOf(image(), await newStore())
    await expect(build.artifact('rootfs')).rejects.toThrow('not yet')
    fail = false
    await (await buildOf(image(), store)).build.artifact('rootfs')
    expect(ran).toEqual(['bootstrap'])
  })
})

test('an abort ends the step that runs, cleans up and asks nobody', async () => {
  const controller = new AbortController()
  const cleaned: string[] = []
  const onFailure = vi.fn()
  const image = imageOf([
    plugin(({ bootstrap }) =>
      bootstrap.tap('endless', async (_, step) => {
        step.defer(() => void cleaned.push('deferred'))
        queueMicrotask(() => controller.abort())
        return new Promise((_, reject) =>
          step.signal.addEventListener('abort', () => reject(step.signal.reason)),
        )
      }),
    ),
  ])
  const { build, store } = await buildOf(image, await newStore(), { signal: controller.signal, onFailure })
  await expect(build.artifact()).rejects.toMatchObject({ code: 'INTERRUPTED', details: { exitCode: 130 } })
  expect(cleaned).toEqual(['deferred'])
  expect(onFailure).not.toHaveBeenCalled()
  expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
})
