import { expect, test } from 'vitest'
import { hostnameOf, settle } from '../../../core/build/linux/machine.ts'

test.each([
  [undefined, 'leaf-1-lab'],
  ['spine', 'spine'],
])('a machine whose name is said to be %s is %s', (hostname, settled) => {
  expect(settle({ hostname, user: 'ada' }, 'leaf_1.lab')).toEqual({ hostname: settled, user: 'ada' })
})

test('an image name that is too long for a host is refused where it would be one', () => {
  const long = 'x'.repeat(64)
  expect(hostnameOf(long, 'router')).toBe('router')
  expect(hostnameOf('x'.repeat(63))).toHaveLength(63)
  expect(() => hostnameOf(long)).toThrow(expect.objectContaining({ code: 'HOSTNAME_LONG' }))
})
