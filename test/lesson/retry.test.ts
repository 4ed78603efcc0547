import { expect, test } from 'vitest'
import { AntidoteError } from '../../core/base/errors/error.ts'
import { persistently } from '../../core/lesson/retry.ts'

const passing = () => new AntidoteError('X', 'Later.', { passing: true })

/** Fails with these errors, one after the other, and then succeeds. */
const trying = async (failures: unknown[], signal = new AbortController().signal) => {
  const retried: unknown[] = []
  let attempts = 0
  const attempt = async () => {
    attempts++
    if (failures.length > 0) throw failures.shift()
    return 'done'
  }
  const outcome = await persistently(attempt, {
    retries: 2,
    pause: 1,
    signal,
    onRetry: (error) => retried.push(error),
  }).catch((error: unknown) => error)
  return { outcome, attempts, retried }
}

test('what may pass is tried again, as often as is said', async () => {
  expect(await trying([passing(), passing()])).toMatchObject({ outcome: 'done', attempts: 3 })
  const last = passing()
  const { outcome, attempts, retried } = await trying([passing(), passing(), last])
  expect([outcome, attempts, retried.length]).toEqual([last, 3, 2])
})

test('anything else is not', async () => {
  for (const error of [new AntidoteError('X', 'Never.'), new Error('x')])
    expect(await trying([error])).toEqual({ outcome: error, attempts: 1, retried: [] })
})

test('and nothing is after the deadline', async () => {
  const late = AbortSignal.abort(new Error('late'))
  const error = passing()
  expect(await trying([error], late)).toEqual({ outcome: error, attempts: 1, retried: [] })
})
