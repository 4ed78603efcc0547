import { expect, test } from 'vitest'
import { callWhole } from '../../core/build/call-whole.ts'
import type { Step } from '../../core/contract/plugin/step.ts'

/** A step whose commands end when the test says so. */
const stepOf = () => {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = []
  const run = () =>
    new Promise<never>((resolve, reject) => ends.push({ resolve: resolve as () => void, reject }))
  const none = async () => undefined as never
  const step = { run, download: none, edit: none, boot: none, shutdown: none, visit: none }
  return { step: step as unknown as Step, ends }
}

test('a tap has ended when all that it began has', async () => {
  const { step, ends } = stepOf()
  let over = false
  const whole = callWhole(step, (own) => {
    void own.run(['first'])
    void own.run(['second'])
    return 'result'
  }).then((result) => {
    over = true
    return result
  })
  ends[0]!.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(over).toBe(false)
  ends[1]!.resolve()
  expect(await whole).toBe('result')
})

test('what it left running and fails is its failure', async () => {
  const { step, ends } = stepOf()
  const whole = callWhole(step, (own) => void own.run(['late']))
  ends[0]!.reject(new Error('late'))
  await expect(whole).rejects.toThrow('late')
})

test('but its own error comes first', async () => {
  const { step, ends } = stepOf()
  const whole = callWhole(step, (own) => {
    void own.run(['late'])
    throw new Error('own')
  })
  ends[0]!.reject(new Error('late'))
  await expect(whole).rejects.toThrow('own')
})
