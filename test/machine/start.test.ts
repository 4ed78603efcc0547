import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import { type StartOptions, startMachine } from '../../core/machine/start.ts'
import { specOf } from '../base/model/machine-spec.ts'
import { type Behaviour, toolsWith } from './qemu-process.ts'
import { TestSsh } from './ssh-server.ts'

let work: string
let disk: string
let ssh: TestSsh
/** Other tests run beside this one, so it has temporary files of its own. */
const { TMPDIR } = process.env
const socketDirectories = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith('antidote-vm-'))
let before: string[]

beforeEach(async () => {
  process.env.TMPDIR = TMPDIR ?? ''
  work = await mkdtemp(join(tmpdir(), 'antidote-test-'))
  process.env.TMPDIR = work
  disk = join(work, 'disk.raw')
  await writeFile(disk, '')
  ssh = await TestSsh.start()
  before = await socketDirectories()
})
afterEach(async () => {
  ssh.stop()
  await rm(work, { recursive: true })
})

const begin = (behaviour: Behaviour, spec: Partial<MachineSpec> = {}, options: Partial<StartOptions> = {}) =>
  startMachine(specOf({ disks: [{ path: disk, format: 'raw', bus: 'virtio' }], ...spec }), {
    tools: toolsWith(behaviour),
    work,
    seed: 'test',
    ...options,
  })

const silentPort = async () => {
  const server = createServer((socket) => socket.on('error', () => socket.destroy()))
    .listen(0, '127.0.0.1')
    .unref()
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

describe('a machine that answers', () => {
  test('is worked on over SSH and switched off by its power button', async () => {
    const lines: string[] = []
    const behaviour = { sshPort: ssh.port, console: ['hello'], powerButton: true }
    const machine = await begin(behaviour, { interfaces: 2 }, { onConsole: (line) => lines.push(line) })
    expect(machine.ssh).toEqual({ host: '127.0.0.1', port: ssh.port })
    expect(machine.macs).toHaveLength(3)
    expect(machine.accelerator).toEqual({ name: 'tcg', reason: 'the machine asks for emulation' })
    expect((await machine.guest.exec(['echo', 'hi'])).stdout).toBe('hi\n')
    await machine.login('root', 'secret')
    await expect(machine.login('root', 'no')).rejects.toMatchObject({ code: 'SSH_LOGIN' })
    expect(lines).toEqual(['hello'])
    await machine.shutdown()
    await machine.off
    await machine.stop()
    expect(await socketDirectories()).toEqual(before)
  })

  test('that ignores its power button is ended at the deadline', async () => {
    const machine = await begin({ sshPort: ssh.port }, { shutdownDeadline: 0.3 })
    await expect(machine.shutdown()).rejects.toMatchObject({ code: 'MACHINE_SHUTDOWN' })
    expect(await socketDirectories()).toEqual(before)
  })

  test('whose disk cannot be written hears no power button, and is not waited for', async () => {
    const full = { event: 'BLOCK_IO_ERROR', data: { action: 'stop', nospace: true } }
    const machine = await begin({ sshPort: ssh.port, powerButton: full }, { shutdownDeadline: 600 })
    await expect(machine.shutdown()).rejects.toMatchObject({ code: 'MACHINE_STOPPED' })
  })

  test('opens a new connection where the old one broke', async () => {
    const machine = await begin({ sshPort: ssh.port })
    await machine.guest.exec(['true'])
    ssh.drop()
    await expect
      .poll(() =>
        machine.guest.exec(['echo', 'again']).then(
          ({ stdout }) => stdout,
          () => '',
        ),
      )
      .toBe('again\n')
    await machine.stop()
  })

  test('keeps its first host key until it starts anew; whoever else shows another gets no password', async () => {
    const { port } = ssh
    const machine = await begin({ sshPort: port })
    await machine.guest.exec(['true'])
    ssh.stop()
    await machine.disconnect()
    ssh = await TestSsh.start('root', 'secret', [], { port })
    const outcome = () =>
      machine.guest.exec(['true']).then(
        () => 'done',
        ({ code }: { code: string }) => code,
      )
    await expect(machine.login('root', 'secret')).rejects.toMatchObject({ code: 'HOST_KEY_CHANGED' })
    await expect.poll(outcome).toBe('HOST_KEY_CHANGED')
    expect(machine.at(22).hostKeys.known(machine.at(22))).toHaveLength(1)
    expect(ssh.passwords).toEqual([])
    await machine.qmp('system_reset')
    await expect.poll(outcome).toBe('done')
    expect(ssh.passwords).toEqual(['secret'])
    await machine.stop()
  })

  test('and dies tells that to whoever works in its guest', async () => {
    const machine = await begin({ sshPort: ssh.port, quit: 9 })
    const running = expect(machine.guest.exec(['sleep', '60'])).rejects.toMatchObject({ code: 'QEMU_FAILED' })
    await machine.guest.exec(['true'])
    await machine.qmp('quit')
    await running
    await expect(machine.guest.exec(['true'])).rejects.toMatchObject({ code: 'QEMU_FAILED' })
    await machine.stop()
  })

  test('has no guest once it is stopped, whoever has its port then', async () => {
    const machine = await begin({ sshPort: ssh.port })
    await machine.stop()
    await machine.stop()
    await expect(machine.guest.exec(['true'])).rejects.toMatchObject({ code: 'MACHINE_OFF' })
    expect(await socketDirectories()).toEqual(before)
  })
})

describe('a machine that does not answer', () => {
  test('is diagnosed at its deadline', async () => {
    const sshPort = await silentPort()
    const behaviour = { sshPort, console: ['Linux version 6.12', 'Run /sbin/init as init process'] }
    await expect(begin(behaviour, { deadline: 5 })).rejects.toMatchObject({
      code: 'MACHINE_NO_ANSWER',
      message:
        'The machine "lab" did not answer over SSH within 5 s: its init started, but its network did not come up.',
      log: join(work, 'console.log'),
      details: { lines: ['Linux version 6.12', 'Run /sbin/init as init process'] },
    })
    expect(await socketDirectories()).toEqual(before)
  })

  test('is told to have run out of disk', async () => {
    // long enough for the console to arrive where the host is busy
    const behaviour = { sshPort: await silentPort(), console: ['cp: No space left on device'] }
    await expect(begin(behaviour, { deadline: 5 })).rejects.toMatchObject({
      code: 'MACHINE_NO_ANSWER',
      details: { hint: expect.stringContaining('ran out of disk') },
    })
  })

  test('because its kernel gave up is not waited for', async () => {
    const behaviour = {
      sshPort: await silentPort(),
      console: ['[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs'],
    }
    await expect(begin(behaviour, { deadline: 60 })).rejects.toMatchObject({
      code: 'MACHINE_PANIC',
      message: expect.stringContaining('gave up: Kernel panic - not syncing: VFS: Unable to mount root fs.'),
      details: { hint: expect.stringContaining('root=') },
    })
  })

  test('because it switched itself off, or QEMU died, is not waited for', async () => {
    const sshPort = await silentPort()
    await expect(begin({ sshPort, exit: 0 }, { deadline: 60 })).rejects.toMatchObject({ code: 'MACHINE_OFF' })
    await expect(begin({ sshPort, exit: 3 }, { deadline: 60 })).rejects.toMatchObject({
      code: 'QEMU_FAILED',
      message: expect.stringContaining('exit status 3'),
    })
  })

  test('because the disk of the host is full is told so', async () => {
    const event = { event: 'BLOCK_IO_ERROR', data: { action: 'stop', nospace: true } }
    await expect(begin({ sshPort: await silentPort(), event }, { deadline: 60 })).rejects.toMatchObject({
      code: 'MACHINE_STOPPED',
    })
  })

  test('because QEMU refused it shows what QEMU said', async () => {
    const refuse = 'qemu-system-x86_64: unsupported machine type: "pc-q35-99.0"'
    await expect(begin({ refuse })).rejects.toMatchObject({
      code: 'QEMU_FAILED',
      message: expect.stringContaining('unsupported machine type'),
    })
    expect(await socketDirectories()).toEqual(before)
  })

  test('can be given up at any time', async () => {
    const sshPort = await silentPort()
    for (const after of [0, 50, 400]) {
      const giveUp = new AbortController()
      setTimeout(() => giveUp.abort(new Error('enough')), after)
      await expect(begin({ sshPort }, { deadline: 60 }, { signal: giveUp.signal })).rejects.toThrow('enough')
    }
    expect(await socketDirectories()).toEqual(before)
  })

  test('leaves what a killed process left no longer than until the next', async () => {
    const dead = spawnSync('true').pid
    const left = join(tmpdir(), `antidote-vm-${dead}-xxxxxx`)
    await mkdir(left, { mode: 0o700 })
    await expect(begin({ refuse: 'no' })).rejects.toMatchObject({ code: 'QEMU_FAILED' })
    expect(await socketDirectories()).toEqual(before)
  })

  test('for want of a file is not started', async () => {
    const disks = [{ path: join(work, 'none.qcow2'), format: 'qcow2', bus: 'virtio' }] as const
    await expect(begin({}, { disks: [...disks] })).rejects.toMatchObject({ code: 'MACHINE_NEEDS_FILE' })
  })
})
