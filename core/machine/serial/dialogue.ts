import { errors } from '../../base/errors/catalogue.ts'
import { reveal, type Secret } from '../../base/model/secret.ts'
import { type ConverseOptions, converse } from './converse.ts'
import type { SerialLine } from './line.ts'
import { type ExpectOptions, type Heard, listen } from './listen.ts'
import { type DialogueOptions, Session } from './session.ts'
import type { DialogueState } from './states.ts'
import { typeKeys, typeLine, typeSecret } from './type.ts'

/**
 * Talks to a guest on its serial console. Patterns see the text as a terminal shows it: without colours and
 * the echo of what was typed, without white space at the ends of lines, and with messages of the kernel moved to
 * lines of their own. The last 64 KiB are kept.
 */
export class Dialogue {
  readonly #session: Session

  constructor(line: SerialLine, options: DialogueOptions) {
    this.#session = new Session(line, options)
  }

  /**
   * Waits until one of the patterns is in the text, and takes the text up to its end. What stands first in the text
   * counts, then what is named first. Throws SERIAL_TIMEOUT, SERIAL_CLOSED, or the reason of the signal.
   */
  async expect<K extends string>(
    patterns: Readonly<Record<K, RegExp>>,
    { deadline = 60, ...waking }: ExpectOptions = {},
  ): Promise<Heard<K>> {
    const awaited = Object.values<RegExp>(patterns).map(String)
    return listen(this.#session, patterns, {
      ...waking,
      until: performance.now() + deadline * 1000,
      late: (silent) => errors.serialTimeout(this.#session.scene(), awaited, deadline, silent),
    })
  }

  /** Types a text as it is, and waits for nothing. */
  send(text: string): Promise<void> {
    return typeKeys(this.#session, text)
  }

  /**
   * Types a line and Enter: in pieces, each awaited by its echo. The echo and what came before Enter is taken out of
   * the text. Throws SERIAL_NO_ECHO, or SERIAL_TEXT for control characters.
   */
  sendLine(text: string): Promise<void> {
    return typeLine(this.#session, text)
  }

  /** Types a line that no log shows, and Enter; no echo is awaited, and one that comes is masked. */
  sendSecret(text: string | Secret): Promise<void> {
    return typeSecret(this.#session, reveal(text))
  }

  /**
   * Goes from state to state until the one named `to`; each reacts to what the guest says. Throws what `expect` and
   * `sendLine` throw, naming the state; SERIAL_OVERDUE, SERIAL_REFUSED, SERIAL_STATE.
   */
  converse(states: Readonly<Record<string, DialogueState>>, options: ConverseOptions): Promise<void> {
    return converse(this.#session, states, options)
  }

  /** Keeps a value out of the log, the transcript and errors from here on. */
  mask(secret: string | Secret): void {
    this.#session.mask(reveal(secret))
  }

  /** What was said, both ways; what was typed begins with an arrow, and secrets are masked. */
  transcript(): string {
    return this.#session.transcript.text(this.#session.reader.unfinished)
  }

  /** Leaves the line to others. */
  close(): void {
    this.#session.reader.stop()
  }
}
