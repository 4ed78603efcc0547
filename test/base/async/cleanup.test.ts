import { expect, test } from 'vitest'
import { Cleanup } from '../../../core/base/async/cleanup.ts'

test('everything runs, last first, once; failures are given', async () => {
  const cleanup = new Cleanup()
  const order: number[] = []
  for (const number of [1, 2, 3]) {
    cleanup.defer(async () => {
      await Promise.resolve()
      order.push(number)
      if (number === 2) throw new Error('two')
    })
  }
  expect(await cleanup.run()).toEqual([new Error('two')])
  expect(order).toEqual([3, 2, 1])
  expect(await cleanup.run()).toEqual([])
  expect(order).toEqual([3, 2, 1])
})

test('what a clean-up defers runs too', async () => {
  const cleanup = new Cleanup()
  const order: string[] = []
  cleanup.defer(() => {
    order.push('outer')
    cleanup.defer(() => void order.push('inner'))
  })
  await cleanup.run()
  expect(order).toEqual(['outer', 'inner'])
})
