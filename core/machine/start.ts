import { type MachineSpec, SSH } from '../base/model/machine-spec.ts'
import { untilHttp } from './check.ts'
import { noAnswer } from './diagnosis.ts'
import type { KeyedPlace } from './host-keys/host-keys.ts'
import { type Launched, launchMachine, placeOf, type StartOptions } from './launch.ts'
import { Machine } from './machine.ts'
import type { RunningMachine } from './running.ts'
import { type Reached, waitForSsh } from './ssh/answer.ts'

export type { StartOptions } from './launch.ts'

/** Waits for what shows that the guest is ready, beside its SSH, and gives how far it came. */
const untilReady = async (
  { ready, login }: MachineSpec,
  at: KeyedPlace,
  over: AbortSignal,
): Promise<Reached> => {
  const reached: Reached = { refused: false, banner: false }
  if (ready.kind === 'http') await untilHttp(at, ready.path, reached, over)
  else if (ready.port !== SSH.port) (await waitForSsh({ ...at, ...login }, reached, over))?.close()
  return reached
}

const alive = ({ options, watch }: Launched): void => {
  options.signal.throwIfAborted()
  if (watch.failure) throw watch.failure
}

/** Until `deadline`, until the machine fails, or until nobody wants it any more. */
const until = (deadline: AbortSignal, { options, watch }: Launched): AbortSignal =>
  AbortSignal.any([options.signal, deadline, watch.signal])

/**
 * The machine, once its guest's own sshd has shaken hands. Throws, with a diagnosis, MACHINE_NO_ANSWER, MACHINE_PANIC,
 * MACHINE_OFF and MACHINE_STOPPED; the machine goes on then. `least`: milliseconds that the first attempt lives.
 */
export const untilAnswer = async (
  launched: Launched,
  deadline: AbortSignal,
  least?: number,
): Promise<Machine> => {
  const { spec, qemu, began } = launched
  const ssh = placeOf(launched, SSH.port)
  const reached: Reached = { refused: false, banner: false }
  const over = until(deadline, launched)
  const connection = await waitForSsh({ ...ssh, ...spec.login }, reached, over, least)
  alive(launched)
  if (!connection) throw noAnswer(spec, qemu.console, reached, SSH)
  return new Machine({
    ...launched,
    connection,
    ssh,
    startMachine,
    bootMs: Math.round(performance.now() - began),
  })
}

/**
 * Starts a machine; gives it as soon as its own sshd has shaken hands, and what the spec names as ready.
 * Throws MACHINE_NEEDS_FILE, QEMU_FAILED, PORT_TAKEN, KVM_UNUSABLE, and with a diagnosis MACHINE_NO_ANSWER, MACHINE_PANIC,
 * MACHINE_OFF and MACHINE_STOPPED. Whatever it throws, nothing is left running.
 */
export const startMachine = async (spec: MachineSpec, options: StartOptions): Promise<RunningMachine> => {
  const deadline = AbortSignal.timeout(spec.deadline * 1000)
  const launched = await launchMachine(spec, options)
  const { qemu } = launched
  try {
    const machine = await untilAnswer(launched, deadline)
    const over = until(deadline, launched)
    const far = await untilReady(spec, placeOf(launched, spec.ready.port), over)
    alive(launched)
    if (over.aborted) throw noAnswer(spec, qemu.console, far, spec.ready)
    return machine
  } catch (error) {
    await qemu.kill()
    launched.options.signal.throwIfAborted()
    throw error
  }
}
