import { expect, test, vi } from 'vitest'
import { errors } from '../../core/base/errors/catalogue.ts'
import { withMachine } from '../../core/build/boot.ts'
import { proveTested, runTests } from '../../core/build/run-tests.ts'
import { standardTests } from '../../core/build/testing/standard.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../support/image.ts'

// a machine takes a minute; what is proved here is what becomes of the tests' results
vi.mock('../../core/build/boot.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  specify: async () => ({ disk: {}, spec: { interfaces: 0, directBoot: {} } }),
  withMachine: vi.fn(async (_build, _disk, spec, _options, act) =>
    act({ spec, within: (_: unknown, work: () => unknown) => work() }),
  ),
}))

const all = [...standardTests.open, ...standardTests.close]
for (const each of all) vi.spyOn(each, 'run').mockResolvedValue(undefined)

const imageWith = (run: () => void) =>
  imageOf([disk(), plugin(({ test }) => test.tap('answers', run), { name: 'mine' })])

test('a failed test is an error with what it said, and nothing is remembered', async () => {
  const store = await newStore()
  const broken = imageWith(() => {
    throw new Error('no answer')
  })
  for (const remembered of [true, true]) {
    const { build } = await buildOf(broken, store)
    await expect(proveTested(build, remembered)).rejects.toMatchObject({
      code: 'TESTS_FAILED',
      message: `One of the ${all.length + 1} tests of the image "img" failed; nothing was published.`,
      details: { lines: [expect.stringContaining('mine › answers: ')] },
    })
  }
})

test('passed tests are run again only where their memory is not wanted', async () => {
  const store = await newStore()
  const image = imageWith(() => {})
  vi.mocked(withMachine).mockClear()
  expect((await runTests((await buildOf(image, store)).build)).failed).toBe(0)
  const { build, events } = await buildOf(image, store)
  await proveTested(build, true)
  expect(vi.mocked(withMachine)).toHaveBeenCalledTimes(1)
  expect(events).toContainEqual({
    type: 'info',
    text: `${all.length + 1} tests passed on this machine before.`,
  })
  await proveTested(build, false)
  expect(vi.mocked(withMachine)).toHaveBeenCalledTimes(2)
})

test('a test that is not for the machine is not run, and not in the report', async () => {
  const store = await newStore()
  const image = imageOf([
    disk(),
    plugin(
      ({ test }) => {
        test.tap({ name: 'for appliances', when: ({ cli }) => cli !== undefined }, () => {
          throw new Error('asked of a machine with a shell')
        })
        test.tap({ name: 'for all' }, () => {})
      },
      { name: 'mine' },
    ),
  ])
  const { tests, failed } = await runTests((await buildOf(image, store)).build)
  expect(failed).toBe(0)
  expect(tests.map(({ name }) => name)).toContain('for all')
  expect(tests.map(({ name }) => name)).not.toContain('for appliances')
})

test('a test that is not over at its deadline has failed, with its last lines, and the others run', async () => {
  const store = await newStore()
  const given: unknown[] = []
  const late = (run: (signal: AbortSignal) => Promise<void>) =>
    plugin(
      ({ test }) => {
        test.tap('ends with its signal', (_, step) => run(step.signal))
        test.tap('is after it', () => {})
      },
      { name: 'mine' },
    )
  const waits = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal.addEventListener('abort', () => {
        given.push(signal.reason)
        reject(errors.expectation('half done', ['the last line']))
      })
    })
  const { tests } = await runTests(
    (await buildOf(imageOf([disk(), late(waits)], { testDeadline: 1 }), store)).build,
  )
  expect(given).toMatchObject([{ code: 'TEST_DEADLINE' }])
  expect(tests.filter(({ plugin }) => plugin === 'mine')).toMatchObject([
    {
      ok: false,
      message: 'The test "ends with its signal" did not end within 1 s.',
      lines: ['the last line'],
    },
    { ok: true },
  ])
})

test('a test that heeds nothing fails at its deadline all the same', async () => {
  const store = await newStore()
  const deaf = plugin(({ test }) => test.tap('deaf', () => new Promise<void>(() => {})), { name: 'mine' })
  const { build } = await buildOf(imageOf([disk(), deaf], { testDeadline: 1 }), store)
  expect((await runTests(build)).tests.filter(({ ok }) => !ok)).toMatchObject([
    { message: 'The test "deaf" did not end within 1 s.' },
  ])
})

test('of an appliance without a shell, only what it can answer is asked', () => {
  const names = (spec: object) =>
    all.filter(({ when }) => when?.(spec as never) ?? true).map(({ name }) => name)
  expect(names({ directBoot: {} })).toHaveLength(all.length)
  expect(names({ cli: { addresses: ['show', 'interfaces'] } })).toEqual([
    'SSH login by password',
    'interfaces in order',
    'clean shutdown',
  ])
})
