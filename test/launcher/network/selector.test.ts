import { expect, test } from 'vitest'
import type { Link } from '../../../core/launcher/network/link.ts'
import { parseSelector, shown } from '../../../core/launcher/network/selector.ts'

const link = {
  name: 'eth1',
  mac: '02:42:0a:01:00:09',
  addresses: ['10.1.0.9/24', 'fd00:1::9/64'],
} as unknown as Link

test.each([
  ['eth1', true],
  ['eth10', false],
  ['02:42:0A:01:00:09', true],
  ['02:42:0a:01:00:0a', false],
  ['10.1.0.9', true],
  ['10.1.0.90', false],
  ['10.1.0.0/24', true],
  ['10.0.0.0/8', true],
  ['10.2.0.0/24', false],
  ['0.0.0.0/0', true],
  ['fd00:1::9', true],
  ['fd00:1::/64', true],
  ['fd00:2::/64', false],
  ['::/0', true],
])('%s: %s', (text, expected) => {
  const selector = parseSelector(text)!
  expect(selector.text).toBe(text)
  expect(selector.matches(link)).toBe(expected)
  expect(selector.matches({ name: 'lo', mac: '' } as Link)).toBe(false)
})

test.each([
  '',
  'a b',
  'much-too-long-name',
  '10.1.0.0/33',
  '10.1.0.0/x',
  '10.1.0.0/24/7',
  'fd00::/129',
  '10.1.0/24',
])('"%s" names nothing', (text) => expect(parseSelector(text)).toBeUndefined())

test('is shown with its addresses, where it has some', () => {
  expect(shown(link)).toBe('eth1 (10.1.0.9/24, fd00:1::9/64)')
  expect(shown({ name: 'eth2' })).toBe('eth2')
})
