import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { chooseAccelerator, type KvmVerdict, kvmVerdict } from './accelerator.ts'
import { macAddress } from './address.ts'
import { type Reached, waitForSsh } from './answer.ts'
import type { Forward, Instance, Lesson, Link } from './arguments.ts'
import { type Place, untilHttp } from './check.ts'
import { noAnswer } from './diagnosis.ts'
import { boundForwards, chooseForwards, type PortWish } from './forwards.ts'
import { Machine } from './machine.ts'
import { withOverlays } from './overlay.ts'
import { type Qemu, startQemu } from './qemu.ts'
import type { RunningMachine } from './running.ts'
import { type MachineSpec, SSH } from './spec.ts'
import type { Tools } from './tools.ts'
import { Watch } from './watch.ts'

/** How a machine is started. */
export interface StartOptions {
  tools: Tools
  /** A directory of its own, for overlays. Made where it is missing. */
  work: string
  /** The file for all that the serial console says; `console.log` in `work` if left out. */
  log?: string
  /** Names the machine and the instance; its MAC addresses come from this. */
  seed: string
  /** Backing files of the disks, or directories with them. */
  readable?: readonly string[]
  /** Aborting it ends the machine at once, whatever it is doing. */
  signal?: AbortSignal | undefined
  lesson?: Lesson
  /** Host ports that are asked for; the spec's other ports get free ones on 127.0.0.1. */
  ports?: readonly PortWish[]
  /** In slot order; data NICs without one are plugged into nothing. */
  links?: readonly Link[]
  /** What becomes of changes to the disks; thrown away if left out. */
  changes?: 'discard' | 'overlay' | 'write'
  /** In slot order, in the place of those that come from `seed`. */
  macs?: readonly string[]
  /** Memory in a file, to save the machine or to restore it. */
  memory?: Instance['memory']
  /** Called once QEMU listens, before the guest is waited for. */
  begin?: (qemu: Qemu) => Promise<void>
  /** What is known of KVM already; else it is found out, once in a process. */
  kvm?: KvmVerdict
  /** Called with each line of the serial console. */
  onConsole?: (line: string) => void
}

const checkFiles = async ({ name, disks, directBoot }: MachineSpec): Promise<void> => {
  for (const path of [...disks.map((disk) => disk.path), directBoot?.kernel, directBoot?.initrd]) {
    if (path === undefined) continue
    await access(path, constants.R_OK).catch(() => {
      throw errors.machineNeedsFile(name, path)
    })
  }
}

/** Where a TCP port of the guest is reached on this host. */
const placeOf = (forwards: readonly Forward[], wanted: number): Place => {
  const { host, hostPort } = forwards.find(({ port, protocol }) => port === wanted && protocol === 'tcp')!
  return { host: host === '0.0.0.0' ? '127.0.0.1' : host, port: hostPort }
}

/** Waits for what shows that the guest is ready, beside its SSH, and gives how far it came. */
const untilReady = async ({ ready, login }: MachineSpec, at: Place, over: AbortSignal): Promise<Reached> => {
  const reached: Reached = { refused: false, banner: false }
  if (ready.kind === 'http') await untilHttp(at, ready.path, reached, over)
  else if (ready.port !== SSH.port) (await waitForSsh({ ...at, ...login }, reached, over))?.close()
  return reached
}

/**
 * Starts a machine; gives it as soon as its own sshd has shaken hands, and what the spec names as ready.
 * Throws MACHINE_NEEDS_FILE, QEMU_FAILED, PORT_TAKEN, KVM_UNUSABLE, and with a diagnosis MACHINE_NO_ANSWER, MACHINE_PANIC,
 * MACHINE_OFF and MACHINE_STOPPED. Whatever it throws, nothing is left running.
 */
export const startMachine = async (spec: MachineSpec, options: StartOptions): Promise<RunningMachine> => {
  const { tools, work, seed, readable = [], lesson, links = [], changes = 'discard', onConsole } = options
  const signal = options.signal ?? new AbortController().signal
  signal.throwIfAborted()
  await mkdir(work, { recursive: true })
  await checkFiles(spec)
  const wishes = await chooseForwards(spec, options.ports ?? [])
  const accelerator = await chooseAccelerator(spec.accelerator, async () => options.kvm ?? kvmVerdict(tools))
  const started = changes === 'overlay' ? await withOverlays(spec, work, tools, readable) : spec
  const macs =
    options.macs ?? Array.from({ length: spec.interfaces + 1 }, (_, slot) => macAddress(seed, slot))
  const began = performance.now()
  const deadline = AbortSignal.timeout(spec.deadline * 1000)
  const qemu = await startQemu(
    started,
    {
      accelerator: accelerator.name,
      macs,
      forwards: wishes,
      log: options.log ?? join(work, 'console.log'),
      management: { kind: 'user' },
      links: Array.from({ length: spec.interfaces }, (_, index) => links[index] ?? { kind: 'none' }),
      writeDisks: changes !== 'discard',
      ...(lesson && { lesson }),
      ...(options.memory && { memory: options.memory }),
    },
    { tools, work, readable: [...spec.disks.map(({ path }) => path), ...readable], signal },
  )
  try {
    if (onConsole) qemu.console.on('line', onConsole)
    const watch = new Watch(spec, qemu)
    await options.begin?.(qemu)
    const forwards = await boundForwards(qemu.qmp, wishes)
    const ssh = placeOf(forwards, SSH.port)
    const reached: Reached = { refused: false, banner: false }
    const over = AbortSignal.any([signal, deadline, watch.signal])
    const connection = await waitForSsh({ ...ssh, ...spec.login }, reached, over)
    signal.throwIfAborted()
    if (watch.failure) throw watch.failure
    if (!connection) throw noAnswer(spec, qemu.console, reached, SSH)
    const far = await untilReady(spec, placeOf(forwards, spec.ready.port), over)
    signal.throwIfAborted()
    if (watch.failure) throw watch.failure
    if (over.aborted) throw noAnswer(spec, qemu.console, far, spec.ready)
    return new Machine({
      spec,
      started,
      options: { ...options, signal },
      qemu,
      watch,
      connection,
      ssh,
      forwards,
      macs,
      accelerator,
      startMachine,
      bootMs: Math.round(performance.now() - began),
    })
  } catch (error) {
    await qemu.kill()
    signal.throwIfAborted()
    throw error
  }
}
