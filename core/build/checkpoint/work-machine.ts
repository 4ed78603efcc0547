import type { Logger } from '../../base/model/logger.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { StepMachine } from '../../contract/plugin/step.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import type { KeyedPlace } from '../../machine/host-keys/host-keys.ts'
import { type Launched, placeOf } from '../../machine/launch.ts'
import type { Machine } from '../../machine/machine.ts'
import { switchOff } from '../../machine/power-off.ts'
import { Dialogue } from '../../machine/serial/dialogue.ts'
import { joinShell } from '../../machine/ssh/terminal.ts'
import { untilAnswer } from '../../machine/start.ts'

/** Milliseconds for the first attempt at a guest whose SSH server listens already; more attempts would only slow it. */
const PATIENCE = 10_000

/** A machine that a step works in, and all that becomes of it. */
export class WorkMachine implements StepMachine {
  readonly spec: MachineSpec
  readonly serial: Dialogue
  readonly launched: Launched
  readonly #log: Logger
  /** It was saved some time ago, so its clock is late. */
  readonly #late: boolean
  #machine: Promise<Machine> | undefined

  constructor(launched: Launched, log: Logger, late: boolean) {
    const { spec, qemu, watch, options } = launched
    this.launched = launched
    this.#log = log
    this.#late = late
    this.spec = spec
    this.serial = new Dialogue(qemu.console, {
      name: spec.name,
      log: (line) => log.line(line),
      // a machine that fails says why
      signal: AbortSignal.any([options.signal, watch.signal]),
    })
  }

  // whoever works in it may take its members apart
  readonly at = (port: number): KeyedPlace => placeOf(this.launched, port)

  readonly guest = async (): Promise<Guest> => (await this.#answered()).guest

  /** Opens a login shell for the person. Gives its exit status, or nothing where it does not run any more. */
  async shell(): Promise<number | undefined> {
    if (this.launched.watch.failure || !process.stdin.isTTY) return undefined
    const machine = await this.#answered()
    return joinShell((terminal) => machine.shell(terminal))
  }

  /** Ends SSH, of which a saved guest must hold nothing. Throws why the machine failed meanwhile, if it did. */
  async leave(): Promise<void> {
    const { watch } = this.launched
    if (watch.failure) throw watch.failure
    await (await this.#machine)?.disconnect()
  }

  /** Presses the power button and waits for off. Throws MACHINE_SHUTDOWN. */
  async shutdown(): Promise<void> {
    await this.leave()
    await switchOff(this.launched)
  }

  /** Pulls the plug; nothing is left of it. Never throws. */
  async end(): Promise<void> {
    const { watch, qemu } = this.launched
    watch.expectEnd()
    await qemu.kill()
  }

  #answered(): Promise<Machine> {
    this.#machine ??= this.#answer().catch((error: unknown) => {
      this.#machine = undefined
      throw error
    })
    return this.#machine
  }

  async #answer(): Promise<Machine> {
    const deadline = AbortSignal.timeout(this.spec.deadline * 1000)
    const machine = await untilAnswer(this.launched, deadline, this.#late ? PATIENCE : undefined)
    if (this.#late) await this.#setClock(machine.guest)
    return machine
  }

  /** Package managers and certificates look at the time. */
  async #setClock(guest: Guest): Promise<void> {
    const now = `@${Math.round(Date.now() / 1000)}`
    const { code } = await guest.exec(['date', '-s', now], { root: true, allowFailure: true })
    if (code !== 0)
      this.#log.info('the clock of the guest cannot be set; it is as late as the step before is old')
  }
}
