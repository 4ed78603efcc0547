import { expect, test } from 'vitest'
import { settle } from '../../core/linux/machine.ts'

test.each([
  [undefined, 'leaf-1-lab'],
  ['spine', 'spine'],
])('a machine whose name is said to be %s is %s', (hostname, settled) => {
  expect(settle({ hostname, user: 'ada' }, 'leaf_1.lab')).toEqual({ hostname: settled, user: 'ada' })
})
