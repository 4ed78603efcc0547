import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { MachineGuest } from '../../../core/machine/guest/machine.ts'
import * as tasks from '../../../core/machine/tasks/index.ts'
import { shownAddress } from '../../../core/machine/tasks/network.ts'
import { temporary } from '../../support/directory.ts'
import { TestSsh } from '../ssh-server.ts'

/** A guest whose commands run on this host, in a network namespace of its own. */
const newGuest = async () => {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo ready; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout!, 'data')
  const prefix = ['nsenter', '--net', '--target', String(holder.pid)]
  const server = await TestSsh.start('root', 'secret', prefix)
  const connection = await server.connect()
  onTestFinished(() => {
    connection.close()
    server.stop()
    holder.kill('SIGKILL')
  })
  const guest = new MachineGuest({
    user: 'root',
    connect: async () => connection,
    explain: async (error) => error,
  })
  const sh = async (script: string) => (await guest.exec(['sh', '-c', script])).stdout.trim()
  /** A program in its network, until the end of the test. */
  const inside = (argv: readonly string[]) => {
    const child = spawn(prefix[0]!, [...prefix.slice(1), ...argv])
    onTestFinished(() => void child.kill('SIGKILL'))
  }
  return { guest, sh, inside }
}

describe('addresses', () => {
  const shown = `ip -o address show dev card0 scope global | sed 's/.*inet6* \\([^ ]*\\) .*/\\1/' | sort`

  test('become exactly those that are wanted, and then nothing changes', async () => {
    const { guest, sh } = await newGuest()
    await sh('ip link add card0 type veth peer name card1; ip address add 10.0.0.9/24 dev card0')
    const wanted = ['10.0.0.1/24', '2001:DB8:0::1/64']
    expect(await tasks.setAddresses(guest, 'card0', wanted)).toBe(true)
    expect(await sh(shown)).toBe('10.0.0.1/24\n2001:db8::1/64')
    expect(await sh('ip -o link show dev card0')).toMatch(/[<,]UP[,>]/)
    expect(await tasks.setAddresses(guest, 'card0', wanted)).toBe(false)
    expect(await tasks.setAddresses(guest, 'card0', [])).toBe(true)
    expect(await sh(shown)).toBe('')
  })

  test('that a router gave, and the one over which the guest is reached, stay', async () => {
    const { guest, sh } = await newGuest()
    await sh(
      'ip link add card0 type veth peer name card1; ip address add 2001:db8::7/64 dev card0 valid_lft 600 preferred_lft 600',
    )
    expect(await tasks.setAddresses(guest, 'card0', ['10.0.0.1/24'])).toBe(true)
    expect(await sh(shown)).toBe('10.0.0.1/24\n2001:db8::7/64')
    const { exec } = guest
    guest.exec = (argv, options) =>
      exec.call(guest, ['env', 'SSH_CONNECTION=10.0.0.2 5 10.0.0.1 22', ...argv], options)
    await expect(tasks.setAddresses(guest, 'card0', ['10.0.0.3/24'])).rejects.toMatchObject({
      code: 'TASK_FAILED',
      message: expect.stringContaining('10.0.0.1/24 of card0 is the address over which'),
    })
    expect(await sh(shown)).toBe('10.0.0.1/24\n2001:db8::7/64')
  })

  test('of an interface that is not there name those that are', async () => {
    const { guest } = await newGuest()
    await expect(tasks.setAddresses(guest, 'card7', [])).rejects.toThrow(
      'there is no interface card7, but lo.',
    )
  })

  test.for([
    ['10.0.0.1/24', '10.0.0.1/24'],
    ['2001:DB8:0:0::1/064', '2001:db8::1/64'],
    ['10.0.0.1', undefined],
    ['10.0.0.1/33', undefined],
    ['x/24', undefined],
  ])('%s is shown as %s', ([text, expected]) => {
    expect(shownAddress(text!)).toBe(expected)
  })
})

test('a port and a route are waited for, and named when they do not come', async () => {
  const { guest, sh, inside } = await newGuest()
  await sh('ip link add card0 type veth peer name card1; ip link set card0 up; ip link set lo up')
  const route = tasks.waitForRoute(guest, '10.7.0.0/24')
  await sh('ip address add 10.7.0.1/24 dev card0; ip route add 10.8.0.0/24 via 10.7.0.2')
  await route
  await tasks.waitForRoute(guest, '10.8.0.0/24', { gateway: '10.7.0.2', deadline: 1 })
  await expect(
    tasks.waitForRoute(guest, '10.8.0.0/24', { gateway: '10.7.0.3', deadline: 1 }),
  ).rejects.toThrow('there was no route to 10.8.0.0/24 via 10.7.0.3 within 1 s')
  await expect(tasks.waitForPort(guest, 7007, { deadline: 1 })).rejects.toThrow(
    'nothing listened on TCP port 7007 within 1 s',
  )
  const port = tasks.waitForPort(guest, 7007)
  const script = `require('node:net').createServer().listen(7007)`
  inside([process.execPath, '-e', script])
  await port
})

test('files are written where content, mode or owner differ', async () => {
  const { guest } = await newGuest()
  const directory = temporary({ 'program!': '#!/bin/sh\n' })
  const to = join(directory, 'new/one')
  expect(await tasks.ensureFile(guest, { to, content: 'a', mode: 0o600 })).toBe(true)
  expect(await tasks.ensureFile(guest, { to, content: 'a', mode: 0o600 })).toBe(false)
  expect(await tasks.ensureFile(guest, { to, content: 'a', mode: 0o600, owner: 'root:root' })).toBe(false)
  expect(await tasks.ensureFile(guest, { to, content: 'a', mode: 0o640 })).toBe(true)
  expect(statSync(to).mode & 0o777).toBe(0o640)
  writeFileSync(to, 'b')
  expect(await tasks.ensureFile(guest, { to, content: 'a', mode: 0o640, owner: 'root' })).toBe(true)
  expect(readFileSync(to, 'utf8')).toBe('a')
  const copies = [
    { to: join(directory, 'copy'), from: join(directory, 'program') },
    { to, content: 'a', mode: 0o640 },
  ]
  expect(await tasks.ensureFiles(guest, copies)).toEqual([join(directory, 'copy')])
  expect(statSync(join(directory, 'copy')).mode & 0o777).toBe(0o755)
  await expect(tasks.ensureFile(guest, { to, content: '', owner: 'nobody-knows' })).rejects.toMatchObject({
    code: 'FILE_OWNER',
  })
})

test('a file of this host keeps its mode, and goes into a directory', async () => {
  const { guest } = await newGuest()
  const from = temporary({ key: 'k' })
  const to = temporary({ 'conf.d/x': '' })
  for (const mode of [0o600, 0o4750]) {
    chmodSync(join(from, 'key'), mode)
    const file = { from: join(from, 'key'), to: join(to, 'conf.d') }
    expect(await tasks.ensureFiles(guest, [file])).toEqual([join(to, 'conf.d/key')])
    expect(statSync(join(to, 'conf.d/key')).mode & 0o7777).toBe(mode)
    expect(await tasks.ensureFiles(guest, [file])).toEqual([])
  }
  expect(statSync(join(to, 'conf.d')).mode & 0o777).toBe(0o755)
})

test('a file that leads out of where it must be is not read, whenever it came to do so', async () => {
  const { guest } = await newGuest()
  const directory = temporary({ 'lesson/motd': 'm', secret: 's' })
  const [inside, to] = [join(directory, 'lesson'), join(directory, 'to')]
  const file = { from: join(inside, 'motd'), inside, to }
  expect(await tasks.ensureFile(guest, file)).toBe(true)
  rmSync(file.from)
  symlinkSync('../secret', file.from)
  await expect(tasks.ensureFile(guest, file)).rejects.toMatchObject({ code: 'FILE_OUTSIDE' })
  expect(readFileSync(to, 'utf8')).toBe('m')
})

test('what cannot be is refused before the guest is asked', async () => {
  const guest = undefined as never
  for (const wrong of [
    tasks.setHostname(guest, 'a b'),
    tasks.setAddresses(guest, 'a b', []),
    tasks.setAddresses(guest, 'eth1', ['10.0.0.1']),
    tasks.ensureUser(guest, { name: '-x' }),
    tasks.ensureUser(guest, { name: 'x', groups: ['a b'] }),
    tasks.ensureUser(guest, { name: 'x', password: 'a\nroot:b' }),
    tasks.restartService(guest, '--now'),
    tasks.waitForPort(guest, 0),
    tasks.waitForRoute(guest, 'everywhere'),
  ])
    await expect(wrong).rejects.toMatchObject({ code: 'TASK_ARGUMENT' })
})
