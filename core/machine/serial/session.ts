import { pause } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import type { DialogueScene } from '../../base/errors/serial.ts'
import type { SerialLine } from './line.ts'
import { Reader } from './reader.ts'
import { Transcript } from './transcript.ts'

export interface DialogueOptions {
  /** What messages call it. */
  name: string
  /** Called with each line that came and was typed, without secrets. */
  log?(line: string): void
  /** Called with each secret before it is typed, for other logs that must not have it. */
  mask?(secret: string): void
  /** Ends the dialogue at once; its reason is what is thrown. */
  signal?: AbortSignal
}

/** Milliseconds in which the end of a machine is told after its line was closed. */
const FAREWELL = 1000

/** Lines that an error shows. */
const SHOWN = 15

/** What the parts of a dialogue share. */
export class Session {
  readonly name: string
  readonly line: SerialLine
  readonly transcript: Transcript
  readonly reader: Reader
  readonly signal: AbortSignal | undefined
  readonly #mask: ((secret: string) => void) | undefined
  /** Where the state machine is, and until when, as performance.now() tells the time. */
  state: { name: string; until: number } | undefined

  constructor(line: SerialLine, options: DialogueOptions) {
    this.name = options.name
    this.line = line
    this.signal = options.signal
    this.#mask = options.mask?.bind(options)
    this.transcript = new Transcript(options.log?.bind(options))
    this.reader = new Reader(line, this.transcript)
  }

  mask(secret: string): void {
    this.transcript.mask(secret)
    this.#mask?.(secret)
  }

  /** What an error shows of it. */
  scene(): DialogueScene {
    const lines = this.transcript.last(SHOWN, this.reader.unfinished)
    return { dialogue: this.name, lines, ...(this.state && { state: this.state.name }) }
  }

  /** Throws if it cannot go on: the reason of the signal, or SERIAL_CLOSED. */
  async check(): Promise<void> {
    this.signal?.throwIfAborted()
    if (!this.reader.closed) return
    // whoever closed it may know why
    await pause(FAREWELL, this.signal)
    this.signal?.throwIfAborted()
    throw errors.serialClosed(this.scene())
  }
}
