import { pause } from '../base/async/wait.ts'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError } from '../base/errors/error.ts'
import { type MachineSpec, SSH } from '../base/model/machine-spec.ts'
import { noAnswer } from './diagnosis.ts'
import type { KeyedPlace } from './host-keys/host-keys.ts'
import type { Qemu } from './qemu/qemu.ts'
import { waitForSsh } from './ssh/answer.ts'
import type { SshConnection } from './ssh/ssh.ts'
import type { Watch } from './watch.ts'

/** Milliseconds that a QEMU which ends may take after its connections broke. */
const FAREWELL = 1000

/** A connection that could not be had was reported to whoever asked for it. */
const reported = () => {}

/** What the way into a machine depends on. */
export interface AccessParts {
  spec: MachineSpec
  ssh: KeyedPlace
  qemu: Qemu
  watch: Watch
  signal: AbortSignal
}

/** The way into a machine: one connection, opened anew where it has ended. */
export class Access {
  readonly #parts: AccessParts
  readonly #off = new AbortController()
  #connection: Promise<SshConnection>

  constructor(parts: AccessParts, first: SshConnection) {
    const { watch, qemu } = parts
    this.#parts = parts
    this.#connection = Promise.resolve(first)
    qemu.exited.then(() => this.#off.abort())
    // what waits for the guest is told why there will be no answer
    const onFailure = () => this.close(watch.failure)
    watch.signal.addEventListener('abort', onFailure, { once: true })
    if (watch.failure) void onFailure()
  }

  /** The open connection, or a new one. */
  async connect(): Promise<SshConnection> {
    const known = this.#connection
    const open = await known.then(
      (connection) => connection.open,
      () => false,
    )
    // of several who find it closed, the first opens a new one
    if (!open && this.#connection === known) this.#connection = this.open(this.#parts.spec.login)
    return this.#connection
  }

  /** A connection of its own. Throws MACHINE_NO_ANSWER, MACHINE_OFF, or why the machine failed. */
  async open(login: { user: string; password: string }): Promise<SshConnection> {
    const { spec, ssh, qemu, watch, signal } = this.#parts
    const reached = { refused: false, banner: false }
    const deadline = AbortSignal.timeout(spec.deadline * 1000)
    const over = AbortSignal.any([signal, deadline, watch.signal, this.#off.signal])
    const connection = await waitForSsh({ ...ssh, ...login }, reached, over)
    signal.throwIfAborted()
    const why = this.#failure()
    if (why) throw why
    if (!connection) throw noAnswer(spec, qemu.console, reached, SSH)
    return connection
  }

  /** Why a connection broke; QEMU may need some time to end and to tell. */
  async explain(error: unknown): Promise<unknown> {
    const broken = isAntidoteError(error) && error.code === 'SSH_FAILED'
    const over = AbortSignal.any([this.#parts.watch.signal, this.#off.signal])
    if (broken) await pause(FAREWELL, over)
    return this.#failure() ?? error
  }

  /** Ends the connection; what still runs on it fails with `reason`. */
  async close(reason?: Error): Promise<void> {
    await this.#connection.then((open) => open.close(reason), reported)
  }

  #failure(): Error | undefined {
    const { spec, qemu, watch } = this.#parts
    if (watch.failure) return watch.failure
    return this.#off.signal.aborted ? errors.machineOff(spec.name, qemu.console.tail()) : undefined
  }
}
