import { access, constants, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import type { Tools } from '../base/process/tools.ts'
import { type Accelerator, chooseAccelerator, type KvmVerdict, kvmVerdict } from './host/accelerator.ts'
import { boundForwards, chooseForwards, type PortWish } from './host/forwards.ts'
import { FirstKeys } from './host-keys/first-keys.ts'
import type { KeyedPlace } from './host-keys/host-keys.ts'
import { firmwareFiles } from './qemu/firmware.ts'
import type { Forward, Instance, Lesson, Link } from './qemu/instance.ts'
import { macAddress } from './qemu/mac-address.ts'
import { withOverlays } from './qemu/overlay.ts'
import { type Qemu, startQemu } from './qemu/qemu.ts'
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
  /** Let the guest connect to others, whatever the spec says: steps of a build fetch packages, saved machines run in containers. */
  outgoing?: boolean
  /** In slot order, instead of those that come from `seed`. */
  macs?: readonly string[]
  /** Memory in a file, to save the machine or to restore it. */
  memory?: Instance['memory']
  /** Wait for a saved state, which `begin` is to load. */
  incoming?: boolean
  /** Called once QEMU listens, before the guest is waited for. */
  begin?: (qemu: Qemu) => Promise<void>
  /** What is known of KVM already; else it is found out, once in a process. */
  kvm?: KvmVerdict
  /** Called with each line of the serial console. */
  onConsole?: (line: string) => void
}

/** A machine that runs; its guest may not answer yet. */
export interface Launched {
  spec: MachineSpec
  /** The spec with the disks that are really written. */
  started: MachineSpec
  options: StartOptions & { signal: AbortSignal }
  qemu: Qemu
  watch: Watch
  forwards: readonly Forward[]
  macs: readonly string[]
  accelerator: Accelerator
  /** The keys of its servers: the first ones, until it starts anew. */
  hostKeys: FirstKeys
  /** When QEMU was started, on the clock of `performance`. */
  began: number
}

const checkFiles = async (spec: MachineSpec): Promise<void> => {
  const { name, disks, directBoot } = spec
  const boot = [directBoot?.kernel, directBoot?.initrd, ...firmwareFiles(spec)]
  for (const path of [...disks.map((disk) => disk.path), ...boot]) {
    if (path === undefined) continue
    await access(path, constants.R_OK).catch(() => {
      throw errors.machineNeedsFile(name, path)
    })
  }
}

/** Where a TCP port of the guest is reached on this host. Throws MACHINE_PORT where none leads to it. */
export const placeOf = (
  { spec, forwards, hostKeys }: Pick<Launched, 'spec' | 'forwards' | 'hostKeys'>,
  wanted: number,
): KeyedPlace => {
  const found = forwards.find(({ port, protocol }) => port === wanted && protocol === 'tcp')
  if (!found) throw errors.machinePort(spec.name, wanted)
  return { host: found.host === '0.0.0.0' ? '127.0.0.1' : found.host, port: found.hostPort, hostKeys }
}

/**
 * Starts a machine; gives it as soon as QEMU runs, with its console, its watch and its forwards.
 * Throws MACHINE_NEEDS_FILE, QEMU_FAILED, PORT_TAKEN and KVM_UNUSABLE. Whatever it throws, nothing is left running.
 */
export const launchMachine = async (spec: MachineSpec, options: StartOptions): Promise<Launched> => {
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
  const qemu = await startQemu(
    started,
    {
      accelerator: accelerator.name,
      macs,
      forwards: wishes,
      log: options.log ?? join(work, 'console.log'),
      management: { kind: 'user', closed: !options.outgoing && spec.outgoing !== 'all' },
      links: Array.from({ length: spec.interfaces }, (_, index) => links[index] ?? { kind: 'none' }),
      writeDisks: changes !== 'discard',
      ...(lesson && { lesson }),
      ...(options.memory && { memory: options.memory }),
      ...(options.incoming && { incoming: true }),
    },
    { tools, work, readable: [...spec.disks.map(({ path }) => path), ...readable], signal },
  )
  try {
    if (onConsole) qemu.console.on('line', onConsole)
    const watch = new Watch(spec, qemu)
    await options.begin?.(qemu)
    const forwards = await boundForwards(qemu.qmp, wishes)
    const hostKeys = new FirstKeys()
    // its own QEMU says so, whose ports nobody else has
    qemu.qmp.on('event', ({ event }) => event === 'RESET' && hostKeys.forget())
    return {
      ...{ spec, started, options: { ...options, signal }, qemu, watch },
      ...{ forwards, macs, accelerator, hostKeys, began },
    }
  } catch (error) {
    await qemu.kill()
    signal.throwIfAborted()
    throw error
  }
}
