import { describe, expect, test } from 'vitest'
import { newIdentity } from '../../../core/machine/channel/identity.ts'
import { decodeAnswer, encodeIdentity } from '../../../core/machine/channel/message.ts'

describe('a message', () => {
  test('is lines of words, the first of which ends what was left unfinished', () => {
    const identity = newIdentity({
      hostname: 'r1.lab',
      mtus: [
        { slot: 1, mtu: 9000 },
        { slot: 3, mtu: 1400 },
      ],
    })
    const [ed25519, ecdsa] = identity.hostKeys
    expect(encodeIdentity('0f', identity, 1_700_000_000_600).split('\n')).toEqual([
      '',
      'identity 1 0f',
      'clock 1700000001',
      `entropy ${identity.entropy}`,
      `key ed25519 ssh-ed25519 ${ed25519!.public} ${ed25519!.private}`,
      `key ecdsa ecdsa-sha2-nistp256 ${ecdsa!.public} ${ecdsa!.private}`,
      `machine-id ${identity.machineId}`,
      'hostname r1.lab',
      'mtu 1 9000',
      'mtu 3 1400',
      'end',
      '',
    ])
  })

  test('leaves the name to the guest where none is asked for', () => {
    expect(encodeIdentity('0f', newIdentity(), 0)).not.toContain('hostname')
  })

  test.for(['a b', 'a\nend', '$(reboot)', '`id`', "it's", '', 'a;b', '*', 'ü'])(
    'does not carry %j',
    (hostname) => {
      expect(() => encodeIdentity('0f', newIdentity({ hostname }), 0)).toThrow(
        expect.objectContaining({
          code: 'CHANNEL_VALUE',
          message: expect.stringContaining('the hostname "'),
        }),
      )
    },
  )
})

test('no two identities have anything in common', () => {
  const [one, two] = [newIdentity(), newIdentity()]
  expect(one.machineId).toMatch(/^[0-9a-f]{32}$/)
  expect(one.entropy).toMatch(/^[0-9a-f]{64}$/)
  expect(one.machineId).not.toBe(two.machineId)
  expect(one.entropy).not.toBe(two.entropy)
})

describe('an answer', () => {
  test.for([
    ['identity 1 0f done', { id: '0f', failed: [] }],
    ['identity 1 0f done\r', { id: '0f', failed: [] }],
    ['identity 1 0f failed clock mtu-2', { id: '0f', failed: ['clock', 'mtu-2'] }],
  ] as const)('%j', ([line, answer]) => {
    expect(decodeAnswer(line)).toEqual(answer)
  })

  test.for(['', 'done', 'identity 1 0f', 'identity 2 0f done', 'identity 1 0f failed', 'identity 1 xx done'])(
    '%j is none',
    (line) => {
      expect(decodeAnswer(line)).toBeUndefined()
    },
  )
})
