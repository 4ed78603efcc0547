import { errors } from '../../base/errors/catalogue.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { LESSON_DEVICE } from '../qemu/devices.ts'
import type { Lesson } from '../qemu/instance.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { topologyOf } from '../qemu/topology.ts'
import { leaveMemoryOut, migrate } from './migrate.ts'

/** Milliseconds, more than a loaded host needs for a device state. */
const DEADLINE = 30_000

/** How often and how fast switches are told where the machine's addresses are: milliseconds. */
const ANNOUNCE = { initial: 50, max: 550, rounds: 5, step: 100 }

/** QEMU's version with its package, as a saved state hangs on it. */
export const qemuVersion = async (qmp: Qmp): Promise<string> => {
  const { qemu, package: name } = (await qmp.execute('query-version')) as {
    qemu: { major: number; minor: number; micro: number }
    package: string
  }
  return [`${qemu.major}.${qemu.minor}.${qemu.micro}`, ...(name ? [name] : [])].join(' ')
}

/** How a saved state is loaded. */
export interface RestoreOptions {
  lesson?: Lesson | undefined
  signal: AbortSignal
  /** Plugs in what the guest is to find when it goes on. */
  plug?: () => Promise<void>
  /** Called as soon as the guest runs, before it is given anything else. */
  onRun?: () => void
}

/**
 * Loads a saved state into a QEMU that was started for it, and lets the guest run; what cannot be saved is plugged in
 * then. Throws SNAPSHOT_QEMU, SNAPSHOT_REFUSED, and QMP_FAILED where QEMU does not take the state.
 */
export const restore = async (
  qmp: Qmp,
  spec: MachineSpec,
  saved: { qemu: string; state: string },
  { lesson, signal, plug, onRun }: RestoreOptions,
): Promise<void> => {
  const version = await qemuVersion(qmp)
  if (version !== saved.qemu) throw errors.snapshotQemu(saved.qemu, version)
  await leaveMemoryOut(qmp)
  const late = AbortSignal.timeout(DEADLINE)
  await migrate(qmp, 'migrate-incoming', saved.state, AbortSignal.any([signal, late])).catch((error) => {
    signal.throwIfAborted()
    throw late.aborted ? errors.snapshotRefused(`it is not loaded after ${DEADLINE / 1000} s`) : error
  })
  // before the guest runs it finds all of them at once, and in order
  await plug?.()
  await qmp.execute('cont')
  onRun?.()
  await qmp.execute('announce-self', ANNOUNCE)
  if (lesson) await qmp.execute('device_add', { ...LESSON_DEVICE, ...topologyOf(spec).lesson.place })
}
