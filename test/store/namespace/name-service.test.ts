import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TreeGuest } from '../../../core/machine/guest/tree.ts'
import { atLoopback, serveNames } from '../../../core/store/namespace/name-service.ts'
import { temporary } from '../../support/directory.ts'
import { makeTree } from '../../support/tree.ts'

let base: string
let names: string
let server: Server
const asked: string[] = []

const KNOWN: Record<string, string[]> = {
  'mirror.example': ['192.0.2.7', '2001:db8::7'],
  'six.example': ['2001:db8:1::', '::1', '64:ff9b::192.0.2.8', 'fe80::1%eth0'],
}

beforeAll(async () => {
  base = makeTree(mkdtempSync(join(tmpdir(), 'antidote-service-')))
  writeFileSync(join(base, 'etc/nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
  writeFileSync(join(base, 'etc/hosts'), '127.0.0.1 localhost\n203.0.113.1 own.example mirror.example\n')
  // nobody listens there
  writeFileSync(join(base, 'etc/resolv.conf'), 'nameserver 127.255.255.254\n')
  names = join(mkdtempSync(join(base, 'tmp/s-')), 'names')
  server = await serveNames(names, async (name) => {
    asked.push(name)
    if (name === 'broken.example') throw new Error('no answer')
    return (KNOWN[name] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  })
})
afterAll(() => {
  server.close()
  rmSync(base, { recursive: true, force: true })
})
beforeEach(() => {
  asked.length = 0
})

/** What a program of a tree finds. */
const getent = async (...words: string[]) => {
  const directory = temporary()
  const [upper, work] = ['upper', 'work'].map((name) => join(directory, name)) as [string, string]
  for (const path of [upper, work]) mkdirSync(path)
  const guest = new TreeGuest({
    lower: [base],
    upper,
    work,
    env: {},
    network: { names, resolver: '/etc/resolv.conf' },
  })
  const { stdout } = await guest.exec(['getent', ...words], { allowFailure: true })
  return [...new Set(stdout.split('\n').map((line) => line.split(/\s+/)[0]))].filter(Boolean)
}

test('a program of a tree finds a name where the service does, whatever files the tree has', async () => {
  expect((await getent('ahosts', 'mirror.example')).sort()).toEqual(['192.0.2.7', '2001:db8::7'])
  expect(await getent('ahostsv4', 'mirror.example')).toEqual(['192.0.2.7'])
  expect(asked).toEqual(['mirror.example', 'mirror.example'])
})

test('addresses in every form', async () => {
  expect((await getent('ahostsv6', 'six.example')).sort()).toEqual(
    ['2001:db8:1::', '::1', '64:ff9b::c000:208', 'fe80::1'].sort(),
  )
})

test('so do programs that know one kind of address', async () => {
  expect(await getent('hosts', 'six.example')).toContain('2001:db8:1::')
})

test('what the service does not know, or fails to find, the tree itself is asked for', async () => {
  expect(await getent('ahosts', 'own.example')).toEqual(['203.0.113.1'])
  expect(await getent('ahosts', 'broken.example')).toEqual([])
  expect(await getent('passwd', 'ada')).toEqual(['ada:x:1000:1000::/home:/bin/sh'])
  expect(asked).toEqual(['own.example', 'broken.example'])
})

test('a script can empty /run, and then resolves by itself', async () => {
  const directory = temporary()
  const [upper, work] = ['upper', 'work'].map((name) => join(directory, name)) as [string, string]
  for (const path of [upper, work]) mkdirSync(path)
  const guest = new TreeGuest({
    lower: [base],
    upper,
    work,
    env: {},
    network: { names, resolver: '/etc/resolv.conf' },
  })
  const { stdout } = await guest.exec(['sh', '-euc', 'rm -rf /run/*; getent ahostsv4 mirror.example'])
  expect(stdout).toMatch(/^203\.0\.113\.1 /)
})

test.for([
  ['another version', Buffer.from([9, 0, 0, 0, 14, 0, 0, 0, 2, 0, 0, 0, 97, 0])],
  ['a name without end', Buffer.from([2, 0, 0, 0, 14, 0, 0, 0, 255, 255, 255, 127])],
  ['a length below nothing', Buffer.from([2, 0, 0, 0, 14, 0, 0, 0, 255, 255, 255, 255])],
] as const)('ends the connection on %s', async ([, bytes]) => {
  const socket = connect(names)
  socket.write(bytes)
  const answer = await new Promise<number>((resolve) => {
    let got = 0
    socket.on('data', (chunk) => {
      got += chunk.length
    })
    socket.on('close', () => resolve(got))
  })
  expect(answer).toBe(0)
  expect(asked).toEqual([])
})

test('a name that leads to the loopback of the host leads a step to 127.0.0.1, where its ports are', () => {
  const at = (address: string) => atLoopback({ address, family: 4 }).address
  expect(['127.0.1.1', '127.0.0.1', '192.0.2.127', '::1'].map(at)).toEqual([
    '127.0.0.1',
    '127.0.0.1',
    '192.0.2.127',
    '::1',
  ])
})
