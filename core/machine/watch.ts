import type { AntidoteError } from '../base/errors/error.ts'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import { ended, panicked, stopped } from './diagnosis.ts'
import type { Qemu } from './qemu/qemu.ts'

/** Sees what goes wrong with a machine while something else is being waited for. */
export class Watch {
  readonly #failed = new AbortController()
  #failure: AntidoteError | undefined
  #expected = false

  constructor(spec: MachineSpec, qemu: Qemu) {
    const { console, qmp } = qemu
    const onTrouble = ({ kind, line }: { kind: string; line: string }) => {
      if (kind === 'panic') this.#fail(panicked(spec, console, line))
    }
    // QEMU may have come so far before this was made
    for (const trouble of console.troubles) onTrouble(trouble)
    console.on('trouble', onTrouble)
    qmp.on('event', ({ event, data }) => {
      if (event !== 'BLOCK_IO_ERROR' || data.action !== 'stop') return
      this.#fail(stopped(spec, console, data.nospace ? 'it is full' : String(data.reason ?? 'an I/O error')))
    })
    qemu.exited.then((exit) => {
      if (!this.#expected) this.#fail(ended(spec, console, exit))
    })
  }

  /** Aborted at the first failure, which is its reason. */
  get signal(): AbortSignal {
    return this.#failed.signal
  }

  get failure(): AntidoteError | undefined {
    return this.#failure
  }

  /** From here on QEMU may end. */
  expectEnd(): void {
    this.#expected = true
  }

  #fail(error: AntidoteError): void {
    if (this.#failure) return
    this.#failure = error
    this.#failed.abort(error)
  }
}
