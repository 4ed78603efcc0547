import { expect, test } from 'vitest'
import { watch } from './watch.ts'

const module = new URL('./children/bad.ts', import.meta.url).href
/** The inputs of the bad target, by number. */
const bad = (first: number) => watch({ module, seed: 1, first, seconds: 0, patience: 1 })

test('what a reader declares is no failure', { timeout: 120_000 }, async () => {
  expect(await bad(0)).toEqual({ inputs: 1 })
})

test.each([
  ['a crash', 1, /TypeError: a mistake[\s\S]*bad\.ts/],
  ['an end by a signal', 2, /SIGTERM/],
  ['a hang', 3, /it worked for 1 s and did not end/],
  ['a crash in a later turn', 4, /TypeError: a mistake/],
  ['too much memory', 5, /more than 1024 MiB of memory|it worked for 1 s/],
])('%s is found, with its input', { timeout: 120_000 }, async (_, first, what) => {
  expect(await bad(first)).toEqual({
    inputs: 1,
    failure: { index: first, what: expect.stringMatching(what) },
  })
})
