import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { type HostKey, makeHostKeys } from '../../../core/machine/channel/host-keys.ts'

const parse = (key: HostKey) => {
  const marks = ['-----BEGIN OPENSSH PRIVATE KEY-----', '-----END OPENSSH PRIVATE KEY-----']
  const parsed = ssh2.utils.parseKey([marks[0], key.private, marks[1], ''].join('\n'))
  if (parsed instanceof Error) throw parsed
  return parsed
}

// many, because a number may begin with a zero or with a high bit
test.for(Array.from({ length: 40 }, (_, turn) => turn))('are as an SSH server keeps them, turn %i', () => {
  for (const key of makeHostKeys()) {
    const parsed = parse(key)
    expect(parsed.type).toBe(key.algorithm)
    expect(parsed.getPublicSSH().toString('base64')).toBe(key.public)
    const signed = parsed.sign('a session')
    const open = ssh2.utils.parseKey(`${key.algorithm} ${key.public}`)
    if (open instanceof Error) throw open
    expect(open.verify('a session', signed as Buffer)).toBe(true)
  }
})

test('are others each time, one of each type', () => {
  const keys = [...makeHostKeys(), ...makeHostKeys()]
  expect(keys.map(({ type }) => type)).toEqual(['ed25519', 'ecdsa', 'ed25519', 'ecdsa'])
  expect(new Set(keys.map(({ private: half }) => half)).size).toBe(4)
})
