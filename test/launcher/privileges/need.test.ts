import { expect, test } from 'vitest'
import type { AntidoteError } from '../../../core/base/errors/error.ts'
import { dataLacks, transparentLacks } from '../../../core/launcher/privileges/need.ts'

const both = [{ need: 'CAP_NET_ADMIN' as const }, { need: '/dev/net/tun' as const }]

test.each([
  [
    ['net0'],
    0,
    both.slice(0, 1),
    'The data interface net0 needs CAP_NET_ADMIN, which the container does not have.',
  ],
  [
    ['net0', 'net1', 'net2'],
    0,
    both,
    'The data interfaces net0, net1 and net2 need CAP_NET_ADMIN and /dev/net/tun, which the container does not have.',
  ],
  [[], 1, both.slice(1), '1 data interface needs /dev/net/tun, which the container does not have.'],
  [[], 3, both.slice(1), '3 data interfaces need /dev/net/tun, which the container does not have.'],
  [
    ['net0'],
    0,
    [{ need: '/dev/net/tun' as const, reason: 'EPERM' }],
    'The data interface net0 needs /dev/net/tun, which cannot be opened (EPERM).',
  ],
])('%j, %d asked for', (names, asked, lacks, message) => {
  expect(dataLacks(names, asked, lacks).message).toBe(message)
})

test('says how to give it with every engine, and how to do without', () => {
  const { hint } = (dataLacks(['net0'], 0, both) as AntidoteError).details
  for (const word of [
    '--cap-add NET_ADMIN',
    '--device /dev/net/tun',
    'securityContext',
    'hostPath',
    'ANTIDOTE_INTERFACES=0',
  ])
    expect(hint).toContain(word)
  expect((transparentLacks(both) as AntidoteError).details.hint).toContain('ANTIDOTE_MANAGEMENT=forward')
})
