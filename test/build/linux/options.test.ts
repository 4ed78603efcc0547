import { expect, test } from 'vitest'
import { optionChecks } from '../../../core/build/linux/options.ts'
import { refusal } from '../../support/refusal.ts'

const { kernelOptions, known, user } = optionChecks('box')

test('a plugin of a distribution has a page with its options', () => {
  expect(refusal(() => known({ zzzzzzzz: 1 }, ['init']))).toBe(
    'box: "zzzzzzzz" is not an option. docs/plugins/box lists them.',
  )
})

test.each(['root', 'Ada', 'a b', ''])('"%s" cannot be the user', (name) => {
  expect(user('ada')).toBe('ada')
  expect(refusal(() => user(name))).toBe(
    `box: "${name}" cannot be the user. Use lower-case letters, digits, _ and -; root stays locked.`,
  )
})

test.each([
  [{ CONFIG_TUN: 'y' }, 'the kernel option "CONFIG_TUN" is not a name like VIRTIO_NET.'],
  [{ tun: 'y' }, 'the kernel option "tun" is not a name like VIRTIO_NET.'],
  [{ TUN: 'x' }, 'kernelOptions.TUN is "x", which is not one of y, m, n.'],
])('a kernel is not given %j', (options, told) => {
  expect(kernelOptions({ TUN: 'm' })).toEqual({ TUN: 'm' })
  expect(refusal(() => kernelOptions(options as never))).toContain(told)
})
