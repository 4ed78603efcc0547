import { messageOf } from '../../base/errors/error.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Outcome } from '../../machine/channel/tell.ts'
import type { Instance } from '../../machine/qemu/instance.ts'
import { type Qemu, startQemu } from '../../machine/qemu/qemu.ts'
import type { BeginParts } from '../container/prepare.ts'
import type { RestoredMachine, StatusDocument } from '../report/board.ts'
import { sharedWith } from './identity.ts'
import { type Restorable, restorable, restoreMachine } from './restorable.ts'

/** A machine whose guest runs. */
export interface Begun {
  qemu: Qemu
  /** When QEMU was started, by performance.now(). */
  began: number
  snapshot?: NonNullable<StatusDocument['snapshot']>
  /** `snapshot` once a restored guest has taken an identity of its own, or has not. */
  settled?: Promise<RestoredMachine>
}

const settle = (
  { restored, ms }: RestoredMachine,
  { record, identity }: Restorable,
  outcome: Outcome,
): RestoredMachine => ({
  restored,
  ms,
  identity: 'ms' in outcome ? { ms: outcome.ms } : outcome,
  ...sharedWith(record.saved, identity, outcome),
})

const starter =
  ({ prepared, state, tools, signal }: BeginParts) =>
  (spec: MachineSpec, instance: Omit<Instance, 'sockets'>) =>
    startQemu(spec, instance, {
      tools,
      work: state.directory,
      readable: [],
      signal,
      as: prepared.before,
      sockets: state.sockets,
    })

/**
 * Starts the machine: restored where the image has a saved one that is the one wanted, else booted. Whatever keeps the
 * saved one from being used is told, and nothing else comes of it.
 */
export const beginMachine = async (parts: BeginParts): Promise<Begun> => {
  const { prepared, say, signal } = parts
  const { spec, instance } = prepared
  const start = starter(parts)
  const boot = async (): Promise<Begun> => ({ began: performance.now(), qemu: await start(spec, instance) })
  if (!spec.saved) return boot()
  let reason: string
  const began = performance.now()
  try {
    const found: Restorable | string = await restorable(parts, spec.saved)
    if (typeof found !== 'string') {
      const { qemu, told } = await restoreMachine(parts, found, start)
      const { record, identity } = found
      const ms = Math.round(performance.now() - began)
      const first = { restored: true, ms, ...sharedWith(record.saved, identity, undefined) } as const
      return { qemu, began, snapshot: first, settled: told.then((outcome) => settle(first, found, outcome)) }
    }
    reason = found
  } catch (error) {
    signal.throwIfAborted()
    reason = messageOf(error).replace(/\.$/, '')
  }
  say(`snapshot: not used, the machine boots: ${reason}`)
  return { ...(await boot()), snapshot: { restored: false, reason } }
}
