import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import { Access } from './access.ts'
import { MachineGuest } from './guest/machine.ts'
import type { RestartWatch } from './guest/restart.ts'
import type { Accelerator } from './host/accelerator.ts'
import type { KeyedPlace } from './host-keys/host-keys.ts'
import { type Launched, placeOf, type StartOptions } from './launch.ts'
import { switchOff } from './power-off.ts'
import type { Console } from './qemu/console.ts'
import type { Forward, Lesson } from './qemu/instance.ts'
import type { RunningMachine } from './running.ts'
import type { SshConnection, Terminal } from './ssh/ssh.ts'

const SECTOR = 512

/** What a machine is made of once it answers. */
export interface MachineParts extends Launched {
  connection: SshConnection
  ssh: KeyedPlace
  bootMs: number
  startMachine(spec: MachineSpec, options: StartOptions): Promise<RunningMachine>
}

/** A machine that answers, and all that can be done with it. */
export class Machine implements RunningMachine {
  readonly spec: MachineSpec
  readonly guest: MachineGuest
  readonly ssh: { host: string; port: number }
  readonly forwards: readonly Forward[]
  readonly macs: readonly string[]
  readonly lesson?: Lesson
  readonly accelerator: Accelerator
  readonly console: Console
  readonly bootMs: number
  readonly off: Promise<void>
  readonly #parts: MachineParts
  readonly #others: RunningMachine[] = []
  readonly #access: Access
  /** Ends what runs in the guest. */
  #over: AbortSignal

  constructor(parts: MachineParts) {
    const { spec, options, qemu, watch, connection, ssh, forwards, macs, accelerator, bootMs } = parts
    this.#parts = parts
    this.spec = spec
    this.ssh = { host: ssh.host, port: ssh.port }
    this.forwards = forwards
    this.macs = macs
    this.accelerator = accelerator
    this.bootMs = bootMs
    this.console = qemu.console
    if (options.lesson) this.lesson = options.lesson
    this.#access = new Access({ spec, ssh, qemu, watch, signal: options.signal }, connection)
    this.#over = options.signal
    this.guest = new MachineGuest({
      user: spec.login.user,
      connect: () => this.#access.connect(),
      explain: (error) => this.#access.explain(error),
      restarts: () => this.#watchRestart(),
      signal: () => this.#over,
      // of what is not bounded, the machine's own end is the end
      stays: () => this.#over !== options.signal && spec.cli === undefined,
    })
    // connections to a guest that is no more would be waited on for long
    qemu.qmp.on('event', ({ event }) => event === 'RESET' && void this.#access.close())
    this.off = qemu.exited.then(() => {})
  }

  at(port: number): KeyedPlace {
    return placeOf(this.#parts, port)
  }

  consoleTail(lines?: number): string[] {
    return this.console.tail(lines)
  }

  qmp(command: string, args?: Record<string, unknown>): Promise<unknown> {
    return this.#parts.qemu.qmp.execute(command, args)
  }

  async login(user: string, password: string): Promise<void> {
    const connection = await this.#access.open({ user, password })
    await connection.ready.finally(() => connection.close())
  }

  async shell(terminal: Parameters<SshConnection['shell']>[0]): Promise<Terminal> {
    return (await this.#access.connect()).shell(terminal)
  }

  stream(...args: Parameters<RunningMachine['stream']>): Promise<number> {
    return this.guest.stream(...args)
  }

  async within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#over
    this.#over = AbortSignal.any([before, signal])
    try {
      return await work()
    } finally {
      this.#over = before
    }
  }

  async disconnect(): Promise<void> {
    await this.#access.close()
  }

  async reboot(argv: readonly string[] = ['reboot']): Promise<void> {
    const { qemu, options } = this.#parts
    const late = AbortSignal.timeout(this.spec.shutdownDeadline * 1000)
    const reset = qemu.qmp.next('RESET', AbortSignal.any([late, options.signal]))
    // the command may end with the connection
    const asked = this.guest.exec(argv, { root: true, allowFailure: true }).catch((error: unknown) => error)
    const event = await reset
    options.signal.throwIfAborted()
    if (!event) throw errors.machineReboot(this.spec.name, this.spec.shutdownDeadline, this.consoleTail())
    await this.#access.close()
    await asked
    await this.#access.connect()
  }

  #watchRestart(): RestartWatch {
    const { qemu, options, watch } = this.#parts
    const over = new AbortController()
    const reset = qemu.qmp.next('RESET', AbortSignal.any([options.signal, over.signal]))
    return {
      begun: async () => {
        const timer = setTimeout(() => over.abort(), this.spec.shutdownDeadline * 1000)
        const event = await reset.finally(() => clearTimeout(timer))
        options.signal.throwIfAborted()
        if (watch.failure) throw watch.failure
        return event !== undefined
      },
      end: () => over.abort(),
    }
  }

  async shutdown(): Promise<void> {
    await switchOff(this.#parts).finally(() => this.stop())
  }

  async stop(): Promise<void> {
    const { qemu, watch } = this.#parts
    watch.expectEnd()
    await Promise.all([...this.#others.map((other) => other.stop()), qemu.kill()])
    await this.#access.close()
  }

  async readDisk(length: number, offset = 0): Promise<Buffer | undefined> {
    const { options, started, spec } = this.#parts
    if (options.changes !== 'overlay') return undefined
    const disk = started.disks[0]!.path
    const part = join(options.work, 'part.raw')
    // unlike dd(1), qemu-img counts from the beginning of the disk
    const end = (offset + length) / SECTOR
    const range = [`bs=${SECTOR}`, `skip=${offset / SECTOR}`, `count=${end}`]
    await options.tools.run(
      ['qemu-img', 'dd', '-f', 'qcow2', '-O', 'raw', ...range, `if=${disk}`, `of=${part}`],
      { readable: [spec.disks[0]!.path, ...(options.readable ?? [])], writable: [options.work] },
    )
    const content = await readFile(part)
    await rm(part)
    return content
  }

  async another(change: (spec: MachineSpec) => MachineSpec): Promise<RunningMachine> {
    const { options, accelerator } = this.#parts
    const {
      ports: _ports,
      links: _links,
      changes: _changes,
      log: _log,
      begin: _begin,
      macs: _macs,
      memory: _memory,
      incoming: _incoming,
      ...rest
    } = options
    const other = await this.#parts.startMachine(change(this.spec), {
      ...rest,
      work: await mkdtemp(join(options.work, 'another-')),
      kvm:
        accelerator.name === 'kvm' ? { usable: true } : { usable: false, reason: accelerator.reason ?? '' },
    })
    this.#others.push(other)
    return other
  }
}
