import { expect, test } from 'vitest'
import { identityOf, sharedWith } from '../../../core/launcher/begin/identity.ts'
import type { Prepared } from '../../../core/launcher/container/prepare.ts'
import { newIdentity } from '../../../core/machine/channel/identity.ts'

const SAVED = '2026-01-02T03:04:05.000Z'
const PROGRAMS = 'the state of the programs that ran'
const CLOCK = `the clock, which goes on from ${SAVED} until the guest sets it`

const prepared = (...mtus: (number | undefined)[]) =>
  ({
    instance: {
      links: mtus.map((mtu, index) => ({ kind: 'tap', name: `t${index}`, ...(mtu && { mtu }) })),
    },
  }) as unknown as Prepared

test('a guest is told the name that is asked for, and what MTU of its saved cards is not the usual one', () => {
  expect(identityOf(prepared(undefined, 9000, 9000), { hostname: 'r1' }, 2)).toMatchObject({
    hostname: 'r1',
    mtus: [{ slot: 2, mtu: 9000 }],
  })
  expect(identityOf(prepared(), {}, 0)).not.toHaveProperty('hostname')
})

test('one that took its identity shares its programs, and the name of the image if it was given none', () => {
  const all = { ms: 1, failed: [] }
  expect(sharedWith(SAVED, newIdentity({ hostname: 'r1' }), all)).toEqual({ shared: [PROGRAMS] })
  expect(sharedWith(SAVED, newIdentity(), all)).toEqual({ shared: ['host name', PROGRAMS] })
})

test('one that took none shares everything, and was not told its MTU', () => {
  const identity = newIdentity({ hostname: 'r1', mtus: [{ slot: 1, mtu: 9000 }] })
  const shared = ['SSH host keys', 'machine-id', 'host name', CLOCK, PROGRAMS]
  for (const outcome of [undefined, { reason: 'it is dead' }])
    expect(sharedWith(SAVED, identity, outcome)).toEqual({ shared, lacks: ['the MTU 9000 of slot 1'] })
  expect(sharedWith(SAVED, undefined, { reason: 'no channel' })).toEqual({ shared })
})

test('of one that took a part, the rest is told', () => {
  const identity = newIdentity({
    hostname: 'r1',
    mtus: [
      { slot: 1, mtu: 9000 },
      { slot: 2, mtu: 1400 },
    ],
  })
  expect(sharedWith(SAVED, identity, { ms: 1, failed: ['host-keys', 'random', 'mtu-2'] })).toEqual({
    shared: ['SSH host keys', 'random numbers of the kernel, for a minute', PROGRAMS],
    lacks: ['the MTU 1400 of slot 2'],
  })
})
