import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { newIdentity } from '../../../core/machine/channel/identity.ts'
import { encodeIdentity } from '../../../core/machine/channel/message.ts'
import { type Listener, startListener } from './listener.ts'

let listener: Listener
afterEach(() => listener.end())

const read = (path: string) => readFileSync(join(listener.root, path), 'utf8')

/** A message with these lines, and the answer to it. */
const ask = (...lines: string[]): Promise<string> => {
  listener.send(['identity 1 ab', ...lines, 'end', ''].join('\n'))
  return listener.next()
}

describe('the guest takes', () => {
  test('host keys, for root alone, and has its SSH server start anew', async () => {
    const sshd = spawn('sleep', ['60'])
    const ended = once(sshd, 'exit')
    listener = await startListener({ 'run/sshd.pid': `${sshd.pid}\n`, 'etc/ssh/ssh_host_ecdsa_key': 'old\n' })
    const { hostKeys } = newIdentity()
    const lines = hostKeys.map((key) => ['key', key.type, key.algorithm, key.public, key.private].join(' '))
    expect(await ask(...lines)).toBe('identity 1 ab done')
    for (const key of hostKeys) {
      const file = `etc/ssh/ssh_host_${key.type}_key`
      expect(read(file).split('\n')).toEqual([
        '-----BEGIN OPENSSH PRIVATE KEY-----',
        key.private,
        '-----END OPENSSH PRIVATE KEY-----',
        '',
      ])
      expect(statSync(join(listener.root, file)).mode & 0o777).toBe(0o600)
      expect(read(`${file}.pub`)).toBe(`${key.algorithm} ${key.public}\n`)
      expect(statSync(join(listener.root, `${file}.pub`)).mode & 0o777).toBe(0o644)
    }
    expect(readdirSync(join(listener.root, 'etc/ssh/antidote'))).toEqual([])
    expect(await ended).toEqual([null, 'SIGHUP'])
  })

  test('a machine-id', async () => {
    listener = await startListener()
    const { machineId } = newIdentity()
    expect(await ask(`machine-id ${machineId}`)).toBe('identity 1 ab done')
    expect(read('etc/machine-id')).toBe(`${machineId}\n`)
  })

  test('a name, in every place', async () => {
    listener = await startListener()
    expect(await ask('hostname r1')).toBe('identity 1 ab done')
    expect([read('name'), read('etc/hostname'), read('etc/hosts')]).toEqual([
      'r1\n',
      'r1\n',
      '127.0.1.1 r1\n',
    ])
  })

  test.each(['busybox sh', 'dash'])(
    'one message after another, and what the host encodes: by %s',
    async (shell) => {
      listener = await startListener({}, shell)
      for (const id of ['01', '02']) {
        const identity = newIdentity({ hostname: `r${id}`, mtus: [{ slot: 7, mtu: 9000 }] })
        listener.send(encodeIdentity(id, identity, Date.now()))
        // in these namespaces nobody may set the clock, nor has a seventh card
        expect(await listener.next()).toMatch(new RegExp(`^identity 1 ${id} failed.* clock mtu-7$`))
        expect(read('etc/machine-id')).toBe(`${identity.machineId}\n`)
        expect(read('etc/hostname')).toBe(`r${id}\n`)
      }
    },
  )
})

test('half a message does nothing, and the next one is whole', async () => {
  listener = await startListener()
  listener.send('identity 1 01\nhostname half\nmachine-id 00')
  listener.send('\n')
  expect(await ask('hostname whole')).toBe('identity 1 ab done')
  expect(read('etc/hostname')).toBe('whole\n')
  expect(read('etc/machine-id')).toBe('old\n')
})

test('lines outside of a message do nothing', async () => {
  listener = await startListener()
  listener.send('hostname r2\nend\nidentity\nidentity 1\nidentity 1 XY\nhostname r2\nend\n')
  expect(await ask('hostname r1')).toBe('identity 1 ab done')
  expect(read('etc/hostname')).toBe('r1\n')
})

test('another version is refused', async () => {
  listener = await startListener()
  listener.send('identity 2 cd\nhostname r1\nend\n')
  expect(await listener.next()).toBe('identity 1 cd failed version')
  expect(read('etc/hostname')).toBe('old\n')
})

test('a key of another type is still shared, and told', async () => {
  listener = await startListener({ 'etc/ssh/ssh_host_rsa_key': 'old\n' })
  const [key] = newIdentity().hostKeys
  expect(await ask(`key ed25519 ssh-ed25519 ${key!.public} ${key!.private}`)).toBe(
    'identity 1 ab failed host-keys',
  )
})

describe('is refused, does nothing and is told:', () => {
  test.for([
    ['hostname $(touch</run/bad)', 'hostname'],
    ['hostname `touch</run/bad`', 'hostname'],
    ['hostname ;reboot', 'hostname'],
    ['hostname ../../x', 'hostname'],
    ['hostname -x', 'hostname'],
    ['hostname a b', 'unknown'],
    ['machine-id 00', 'machine-id'],
    ['machine-id $(id)$(id)$(id)$(id)$(id)$(id)ab', 'machine-id'],
    ['clock now', 'clock'],
    ['clock -1', 'clock'],
    ['clock 99999999999', 'clock'],
    ['entropy *', 'random'],
    ['mtu eth0 9000', 'mtu'],
    ['mtu 1 9000;reboot', 'mtu'],
    ['mtu 1', 'unknown'],
    ['key ed25519 ssh-ed25519 AAAA', 'unknown'],
    ['key ed25519 ssh-rsa AAAA AAAA', 'host-keys'],
    ['key ../../run/bad ssh-ed25519 AAAA AAAA', 'host-keys'],
    ['key ed25519 ssh-ed25519 AAAA */*', 'host-keys'],
    ["key ed25519 ssh-ed25519 ' AAAA", 'host-keys'],
    ['exec touch /run/bad', 'unknown'],
    ['* * *', 'unknown'],
    ['$(touch /run/bad)', 'unknown'],
  ])('%s', async ([line, part]) => {
    listener = await startListener()
    expect(await ask(line!)).toBe(`identity 1 ab failed ${part}`)
    expect([read('name'), read('etc/hostname'), read('etc/machine-id')]).toEqual(['old\n', 'old\n', 'old\n'])
    expect(readdirSync(join(listener.root, 'etc/ssh'))).toEqual(['antidote'])
    expect(existsSync(join(listener.root, 'run/bad'))).toBe(false)
  })
})
