import { expect, test } from 'vitest'
import { macAddress } from '../../../core/machine/qemu/mac-address.ts'

test('MAC addresses are stable, unicast and differ by seed and slot', () => {
  expect(macAddress('lab', 0)).toBe(macAddress('lab', 0))
  expect(macAddress('lab', 0)).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/)
  const many = ['lab', 'lab2', '1', '11'].flatMap((seed) =>
    [0, 1, 2, 10, 11].map((slot) => macAddress(seed, slot)),
  )
  expect(new Set(many).size).toBe(many.length)
})
