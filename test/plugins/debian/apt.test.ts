import type { Step } from 'antidote'
import { describe, expect, test } from 'vitest'
import { withApt } from '../../../plugins/debian/apt.ts'

const failed = new Error('apt-get ended with 100')

/** What becomes of a failure after apt has printed these lines. */
const outcomeOf = (lines: Iterable<string>): Promise<unknown> => {
  const step = { log: { line: () => {} }, signal: { throwIfAborted: () => {} } } as unknown as Step
  return withApt(async (onLine) => {
    for (const line of lines) onLine(line)
    throw failed
  }, step).catch((error: unknown) => error)
}

function* repeated(line: string, bytes: number): Generator<string> {
  for (let left = bytes; left > 0; left -= line.length) yield line
}

test('the cause is told, whatever was printed before it', async () => {
  const lines = [...repeated('Setting up x ...', 1e5), 'E: Unable to locate package no-such']
  expect(await outcomeOf(lines)).toMatchObject({
    code: 'PACKAGE_UNKNOWN',
    message: expect.stringContaining('"no-such"'),
    cause: failed,
  })
})

describe('what packages and mirrors have printed is looked through in time that grows with it', () => {
  test.each(['Failed to fetch a', 'Err:1 a', 'E: Unable to locate package', 'Failed: is not signe'])(
    '%s',
    async (line) => {
      expect(await outcomeOf(repeated(line, 3e6))).toBe(failed)
    },
  )

  test('one line too', async () => {
    expect(await outcomeOf([`Failed to fetch a${' Failed to fetch a'.repeat(1e5)}`])).toBe(failed)
  })
})
