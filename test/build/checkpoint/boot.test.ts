import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bootDisk } from '../../../core/build/checkpoint/boot.ts'
import { shutdownDisk } from '../../../core/build/checkpoint/shutdown.ts'
import type { StepMachine } from '../../../core/contract/plugin/step.ts'
import { FirstKeys } from '../../../core/machine/host-keys/first-keys.ts'
import { TestSsh } from '../../machine/ssh-server.ts'
import { TestStore } from './context.ts'

let ssh: TestSsh
let store: TestStore
beforeEach(async () => {
  ssh = await TestSsh.start()
  store = new TestStore()
})
afterEach(() => ssh.stop())

const nothing = async () => {}
const commandsOf = (file: string) => readFileSync(file, 'utf8').trim().split('\n')

describe('a step that works in a machine', () => {
  test('boots a plain disk on an overlay, and leaves the machine with it', async () => {
    const commands = join(store.directory, 'commands')
    const world = store.step('one', { sshPort: ssh.port, commands })
    const said: string[] = []
    const disk = await bootDisk(world, store.disk, 'machine-0', async (machine) => {
      const { at } = machine
      expect(at(22)).toEqual({ host: '127.0.0.1', port: ssh.port, hostKeys: expect.any(FirstKeys) })
      expect(() => machine.at(80)).toThrow(expect.objectContaining({ code: 'MACHINE_PORT' }))
      const { guest: answered } = machine
      const guest = await answered()
      expect(await machine.guest()).toBe(guest)
      said.push((await guest.exec(['echo', 'done'])).stdout)
    })
    expect(said).toEqual(['done\n'])
    expect(disk.chain).toEqual([...store.disk.chain, { step: 'one', path: 'machine-0/disk0.qcow2' }])
    expect(disk.checkpoint).toMatchObject({
      state: { step: 'one', path: 'machine-0/state' },
      accelerator: 'tcg',
      qemu: '10.0.2 Test',
      base: 1,
    })
    expect(commandsOf(commands).slice(-4)).toEqual([
      'migrate-set-capabilities',
      'migrate-set-parameters',
      'stop',
      'migrate',
    ])
    expect(store.ran.at(-1)!.argv.slice(-2)).toEqual([
      '../../base/disk.qcow2',
      store.path({ step: 'one', path: 'machine-0/disk0.qcow2' }),
    ])
  })

  test('does not wait for SSH', async () => {
    const machines: StepMachine[] = []
    await bootDisk(store.step('one'), store.disk, 'machine-0', async (machine) => {
      machines.push(machine)
    })
    expect(machines[0]!.spec.login).toEqual({ user: 'root', password: 'secret' })
  })

  test('goes on with the machine of the step before, and writes nothing of it', async () => {
    const commands = join(store.directory, 'commands')
    const one = await bootDisk(store.step('one'), store.disk, 'machine-0', nothing)
    store.ran.length = 0
    const two = await bootDisk(store.step('two', { commands }), one, 'machine-0', nothing)
    expect(commandsOf(commands)).toEqual([
      'qmp_capabilities',
      'query-version',
      'migrate-set-capabilities',
      'migrate-incoming',
      'cont',
      'announce-self',
      'human-monitor-command',
      'query-version',
      'migrate-set-capabilities',
      'migrate-set-parameters',
      'stop',
      'migrate',
    ])
    expect(two.chain).toHaveLength(3)
    expect(two.checkpoint!.base).toBe(1)
    const others = ['base', 'one'].map((key) => join(store.directory, key))
    for (const { argv, writable } of store.ran)
      for (const path of writable)
        expect(
          others.some((other) => `${path}/`.startsWith(`${other}/`)),
          argv.join(' '),
        ).toBe(false)
  })

  test('sets the clock of a guest that it goes on with, and not of one that it booted', async () => {
    const asked: string[] = []
    const ask = async (machine: StepMachine) => {
      const guest = await machine.guest()
      asked.push((await guest.exec(['cat', join(store.directory, 'clock')], { allowFailure: true })).stdout)
    }
    const date = `#!/bin/sh\necho "$@" >${join(store.directory, 'clock')}\n`
    writeFileSync(join(store.directory, 'date'), date, { mode: 0o755 })
    process.env.PATH = `${store.directory}:${process.env.PATH}`
    const one = await bootDisk(store.step('one', { sshPort: ssh.port }), store.disk, 'machine-0', ask)
    await bootDisk(store.step('two', { sshPort: ssh.port }), one, 'machine-0', ask)
    expect(asked[0]).toBe('')
    expect(Math.abs(Number(asked[1]!.match(/^-s @(\d+)\n$/)![1]) - Date.now() / 1000)).toBeLessThan(30)
  })

  test('keeps only its last machine, if it has several', async () => {
    const world = store.step('one')
    const first = await bootDisk(world, store.disk, 'machine-0', nothing)
    const second = await bootDisk(world, first, 'machine-1', nothing)
    expect(existsSync(store.path(first.checkpoint!.state))).toBe(false)
    expect(existsSync(store.path(second.checkpoint!.state))).toBe(true)
    expect(store.ran.at(-1)!.argv.at(-2)).toBe('../machine-0/disk0.qcow2')
  })

  test('that fails leaves it running until its world is cleaned up, for a shell', async () => {
    const clean: (() => Promise<void>)[] = []
    const world = { ...store.step('one'), defer: (act: () => Promise<void>) => void clean.push(act) }
    const machines: StepMachine[] = []
    const failed = bootDisk(world, store.disk, 'machine-0', async (machine) => {
      machines.push(machine)
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    await expect(machines[0]!.serial.expect({ any: /./ }, { deadline: 0.1 })).rejects.toMatchObject({
      code: 'SERIAL_TIMEOUT',
    })
    for (const act of clean) await act()
    await expect(machines[0]!.serial.expect({ any: /./ })).rejects.toMatchObject({ code: 'SERIAL_CLOSED' })
  })

  test('is not saved where its machine died meanwhile', async () => {
    const world = store.step('one', { sshPort: ssh.port, exit: 9 })
    const failed = bootDisk(world, store.disk, 'machine-0', async (machine) => {
      await machine.serial.expect({ never: /never/ }).catch(() => {})
    })
    await expect(failed).rejects.toMatchObject({ code: 'QEMU_FAILED' })
  })
})

describe('a machine that cannot be gone on with', () => {
  test('because QEMU does not take it', async () => {
    const one = await bootDisk(store.step('one'), store.disk, 'machine-0', nothing)
    const two = bootDisk(store.step('two', { migration: 'failed' }), one, 'machine-0', nothing)
    await expect(two).rejects.toMatchObject({
      code: 'CHECKPOINT_REFUSED',
      message: expect.stringContaining(
        'cannot be gone on with: QEMU refused "migrate-incoming": no such device.',
      ),
      details: { hint: expect.stringContaining('--from provision') },
    })
  })

  test('because its state is damaged', async () => {
    const one = await bootDisk(store.step('one'), store.disk, 'machine-0', nothing)
    writeFileSync(store.path(one.checkpoint!.state), 'something else')
    const two = bootDisk(store.step('two'), one, 'machine-0', nothing)
    await expect(two).rejects.toMatchObject({ code: 'CHECKPOINT_REFUSED' })
  })
})

describe('switching off', () => {
  test('leaves a plain disk: what was there before, and one file with all changes', async () => {
    const one = await bootDisk(store.step('one'), store.disk, 'machine-0', nothing)
    const two = await bootDisk(store.step('two'), one, 'machine-0', nothing)
    store.ran.length = 0
    const world = store.step('off', { powerButton: true })
    let ran = 0
    const off = await shutdownDisk(world, two, two.checkpoint!, async () => {
      ran++
    })
    expect(ran).toBe(1)
    expect(off).toEqual({ ...store.disk, chain: [...store.disk.chain, { step: 'off', path: 'disk.qcow2' }] })
    const base = store.path(store.disk.chain[0]!)
    const images = store.ran.map(({ argv }) => argv).filter(([name]) => name === 'qemu-img')
    expect(images.slice(-3).map((argv) => [argv[1], argv.at(-1)])).toEqual([
      ['rebase', join(world.work, 'last', 'disk0.qcow2')],
      ['convert', join(world.out, 'disk.qcow2')],
      ['rebase', join(world.out, 'disk.qcow2')],
    ])
    expect(images.at(-3)).toContain(base)
    expect(images.at(-3)).not.toContain('-u')
    expect(images.at(-1)).toContain('../base/disk.qcow2')
  })

  test('fails where the guest does not heed its power button', async () => {
    const quick = { shutdownDeadline: 0.3 }
    const one = await bootDisk(store.step('one', {}, quick), store.disk, 'machine-0', nothing)
    await expect(
      shutdownDisk(store.step('off', {}, quick), one, one.checkpoint!, nothing),
    ).rejects.toMatchObject({
      code: 'MACHINE_SHUTDOWN',
    })
  })
})
