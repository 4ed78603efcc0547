import { describe, expect, test } from 'vitest'
import { unsyncedFilter } from '../../../core/store/namespace/unsynced.ts'
import { I386, judge } from './seccomp.ts'

const judged = (number: number, architecture?: number) => judge(unsyncedFilter(), number, architecture)

describe('the filter', () => {
  test.each([
    ['fsync', 74],
    ['fdatasync', 75],
    ['sync', 162],
    ['sync_file_range', 277],
    ['syncfs', 306],
  ])('%s is said to be done', (_, number) => expect(judged(number)).toBe('done'))

  test('every other call is made', () => {
    for (let number = 0; number < 500; number++)
      if (![74, 75, 162, 277, 306].includes(number)) expect(judged(number), String(number)).toBe('allowed')
  })

  test('numbers of another architecture mean other calls', () => expect(judged(74, I386)).toBe('allowed'))
})
