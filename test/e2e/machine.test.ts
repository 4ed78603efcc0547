import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import { standardTests } from '../../core/build/testing/standard.ts'
import { kvmVerdict, runCanary } from '../../core/machine/host/accelerator.ts'
import type { RunningMachine } from '../../core/machine/running.ts'
import { type StartOptions, startMachine } from '../../core/machine/start.ts'
import { type BuiltMachine, builtMachine } from './built-machine.ts'

let built: BuiltMachine
let work: string
const leftovers = async () =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`antidote-vm-${process.pid}-`))

beforeAll(async () => {
  built = await builtMachine()
  work = await mkdtemp(join(tmpdir(), 'antidote-e2e-'))
})
afterAll(() => rm(work, { recursive: true, force: true }))

const begin = (
  change: Partial<MachineSpec> = {},
  options: Partial<StartOptions> = {},
): Promise<RunningMachine> =>
  startMachine(
    { ...built.spec, ...change },
    { tools: built.tools, readable: built.readable, work, seed: 'e2e', ...options },
  )

/** The machine's kernel with something else on its command line. */
const withKernel = (extra: string): Pick<MachineSpec, 'directBoot'> => ({
  directBoot: { ...built.spec.directBoot!, cmdline: `${built.spec.directBoot!.cmdline} ${extra}` },
})

test('the canary ends as it must under emulation, which proves the canary', async () => {
  expect(await runCanary(built.tools, 'tcg', 20_000)).toBeUndefined()
})

test('the verdict on KVM is plain data, and the same for the whole process', async () => {
  const verdict = await kvmVerdict(built.tools)
  expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict)
  expect(await kvmVerdict(built.tools)).toBe(verdict)
})

describe('a whole life', () => {
  test('passes the standard tests, survives a restart and leaves nothing', async () => {
    const before = await leftovers()
    const lesson = await mkdtemp(join(tmpdir(), 'antidote-e2e-lesson-'))
    // the guest's users see the modes of the host
    await chmod(lesson, 0o755)
    const machine = await begin({ interfaces: 3 }, { changes: 'overlay', lesson: { directory: lesson } })
    try {
      for (const { run } of standardTests.open) await run(machine)
      const { guest } = machine
      await guest.write('/etc/antidote test', 'content', { mode: 0o600, owner: machine.spec.login.user })
      await machine.reboot()
      expect((await guest.read('/etc/antidote test')).toString()).toBe('content')
      const bytes = Buffer.alloc(5 << 20, 'binary\0\r\n')
      await writeFile(join(work, 'up'), bytes)
      await guest.upload(join(work, 'up'), '/var/tmp/up')
      await guest.download('/var/tmp/up', join(work, 'down'))
      // sshd tells a command's end before all that it printed
      const left = 'sleep 600 & head -c 3000000 /dev/zero'
      expect((await guest.exec(['sh', '-c', left], { root: true })).stdout).toHaveLength(3_000_000)
      expect(bytes.equals(await readFile(join(work, 'down')))).toBe(true)
      for (const { run } of standardTests.close) await run(machine)
    } finally {
      await machine.stop()
      await rm(lesson, { recursive: true, force: true })
    }
    expect(await leftovers()).toEqual(before)
  })

  test('throws its changes away, and reaches loopback of this host only where that is said', async () => {
    const server = createHttp((_, response) => void response.end('here')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://10.0.0.2:${(server.address() as AddressInfo).port}/`
    for (const [outgoing, answer] of [
      ['none', ''],
      ['all', 'here'],
    ] as const) {
      const machine = await begin({ outgoing })
      const knock = ['curl', '--silent', '--max-time', '20', url]
      expect((await machine.guest.exec(knock, { allowFailure: true })).stdout).toBe(answer)
      expect((await machine.guest.exec(['ls', '/etc/mark'], { allowFailure: true })).code).not.toBe(0)
      await machine.guest.write('/etc/mark', '')
      await machine.stop()
    }
    server.close()
  })
})

describe('a life cut short', () => {
  test('no root file system: the panic is told at once', async () => {
    await expect(begin(withKernel('root=/dev/none'))).rejects.toMatchObject({ code: 'MACHINE_PANIC' })
  })

  test('no sshd: told at the deadline, with what was reached', async () => {
    await expect(begin({ ...withKernel('init=/bin/sh loglevel=7'), deadline: 20 })).rejects.toMatchObject({
      code: 'MACHINE_NO_ANSWER',
      message: expect.stringContaining('its init started, but its network did not come up'),
    })
  })

  test('a port that is taken is named', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ports = [{ port: 22, protocol: 'tcp', hostPort: port }] as const
    await expect(begin({}, { ports })).rejects.toMatchObject({ code: 'PORT_TAKEN' })
    server.close()
  })

  test('QEMU ends, or the guest panics: told to whoever works in the guest', async () => {
    const first = await begin()
    const waiting = expect(first.guest.exec(['sleep', '600'])).rejects.toMatchObject({ code: 'MACHINE_OFF' })
    await first.qmp('quit')
    await waiting
    await first.stop()
    const second = await begin()
    const crash = second.guest.exec(['sh', '-c', 'echo c >/proc/sysrq-trigger'], { root: true })
    await expect(crash).rejects.toMatchObject({ code: 'MACHINE_PANIC' })
    await second.stop()
  })

  test('an abort ends it and leaves nothing', async () => {
    const before = await leftovers()
    const giveUp = new AbortController()
    setTimeout(() => giveUp.abort(new Error('enough')), 1500)
    await expect(begin({}, { signal: giveUp.signal })).rejects.toThrow('enough')
    expect(await leftovers()).toEqual(before)
  })
})
