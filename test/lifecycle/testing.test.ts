import { expect, test, vi } from 'vitest'
import { withMachine } from '../../core/lifecycle/boot.ts'
import { proveTested, runTests } from '../../core/lifecycle/testing.ts'
import { standardTests } from '../../core/testing/standard.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../support/image.ts'

// a machine takes a minute; what is proved here is what becomes of the tests' results
vi.mock('../../core/lifecycle/boot.ts', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  specify: async () => ({ disk: {}, spec: { interfaces: 0 } }),
  withMachine: vi.fn(async (_build, _disk, _spec, _options, act) => act({})),
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
