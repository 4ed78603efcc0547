import { expect, test } from 'vitest'
import type { BuildEvent } from '../../../core/build/events.ts'
import { type Check, preflight } from '../../../core/cli/preflight/preflight.ts'

const failing =
  (text: string): Check =>
  async () => {
    throw new Error(text)
  }

const run = async (...checks: Check[]) => {
  const events: BuildEvent[] = []
  const report = (event: BuildEvent) => void events.push(event)
  await preflight(checks, { report, signal: new AbortController().signal })
  return events
}

test('warnings are reported in the order of the checks', async () => {
  const late: Check = () => new Promise((resolve) => setImmediate(() => resolve(['first'])))
  expect(
    await run(
      late,
      async () => ['second', 'third'],
      async () => [],
    ),
  ).toEqual(['first', 'second', 'third'].map((text) => ({ type: 'warn', text })))
})

test('of several errors the first check gives the one that is thrown, and nothing is reported', async () => {
  const late: Check = () => new Promise((_, reject) => setImmediate(() => reject(new Error('first'))))
  await expect(run(async () => ['unsaid'], late, failing('second'))).rejects.toThrow('first')
})

test('a check that throws at once fails like any other', async () => {
  const check: Check = () => {
    throw new Error('at once')
  }
  await expect(run(check)).rejects.toThrow('at once')
})

test('an interrupted run ends with that', async () => {
  const controller = new AbortController()
  const check: Check = async () => {
    controller.abort(new Error('interrupted'))
    throw new Error('because of it')
  }
  const ended = preflight([check], { report: () => {}, signal: controller.signal })
  await expect(ended).rejects.toThrow('interrupted')
})
