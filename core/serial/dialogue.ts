import { errors } from '../errors/catalogue.ts'
import { reveal, type Secret } from '../lifecycle/secret.ts'
import { pause } from '../machine/wait.ts'
import { type ConverseOptions, converse } from './converse.ts'
import { SecretEcho, TypedEcho } from './echo.ts'
import type { SerialLine } from './line.ts'
import { type Found, find } from './match.ts'
import { Reader } from './reader.ts'
import type { DialogueState } from './states.ts'
import { MASK, Transcript } from './transcript.ts'

export interface DialogueOptions {
  /** What messages call it. */
  name: string
  /** Called with each line that came and was typed, without secrets. */
  log?(line: string): void
  /** Ends the dialogue at once; its reason is what is thrown. */
  signal?: AbortSignal
}

export interface ExpectOptions {
  /** Seconds; 60 if left out. */
  deadline?: number
  /** Typed after a silence, to be shown a prompt that was lost: usually "\r". */
  wake?: string
  /** Seconds of silence before that, 5 if left out; doubled each time. */
  wakeAfter?: number
}

/** What came: the name of the pattern, its match, and the text before it. */
export interface Heard<K extends string> {
  is: K
  match: RegExpExecArray
  before: string
}

/** How something is waited for, within a deadline. */
export interface Wait extends Omit<ExpectOptions, 'deadline'> {
  /** As performance.now() tells the time. */
  until: number
  /** The error for then; `silent` where nothing came at all. */
  late(silent: boolean): Error
}

/** Characters that are typed before their echo is awaited: what the FIFO of a 16550 holds. */
const PIECE = 16

/** Seconds in which a guest echoes a piece. */
const ECHO = 30

/** Milliseconds of silence after which what stands at the end of the text is taken for whole. */
const SETTLED = 50

/** Milliseconds of silence after which an echo with other text in it is taken for the echo. */
const SCATTERED = 300

/** Milliseconds in which the end of a machine is told after its line was closed. */
const FAREWELL = 1000

/**
 * Talks to a guest on its serial console. Patterns see the text as a terminal shows it: without colours and
 * the echo of what was typed, and with messages of the kernel moved to lines of their own.
 */
export class Dialogue {
  readonly name: string
  readonly #line: SerialLine
  readonly #transcript: Transcript
  readonly #reader: Reader
  readonly #signal: AbortSignal | undefined
  #state: string | undefined
  #until: number | undefined

  constructor(line: SerialLine, { name, log, signal }: DialogueOptions) {
    this.name = name
    this.#line = line
    this.#signal = signal
    this.#transcript = new Transcript(log)
    this.#reader = new Reader(line, this.#transcript)
  }

  /**
   * Waits until one of the patterns is in the text, and takes the text up to its end. Throws SERIAL_TIMEOUT,
   * SERIAL_CLOSED, or the reason of the signal.
   */
  expect<K extends string>(
    patterns: Readonly<Record<K, RegExp>>,
    { deadline = 60, ...waking }: ExpectOptions = {},
  ): Promise<Heard<K>> {
    const awaited = Object.values<RegExp>(patterns).map(String)
    return this.#listen(patterns, {
      ...waking,
      until: performance.now() + deadline * 1000,
      late: (silent) => errors.serialTimeout(this.#scene(), awaited, deadline, silent),
    })
  }

  /** Types a text as it is, and waits for nothing. */
  async send(text: string): Promise<void> {
    await this.#check()
    this.#transcript.sent(this.#reader.leavePast(), text)
    this.#line.write(text)
  }

  /**
   * Types a line and Enter: in pieces, each awaited by its echo, which is taken out of the text. Throws
   * SERIAL_NO_ECHO, or SERIAL_TEXT for control characters.
   */
  async sendLine(text: string): Promise<void> {
    this.#refuse(text, JSON.stringify(text))
    await this.#check()
    this.#transcript.sent(this.#reader.leavePast(), text)
    const characters = [...text]
    for (let at = 0; at < characters.length; at += PIECE)
      await this.#type(characters.slice(at, at + PIECE).join(''))
    this.#line.write('\r')
  }

  /** Types a line that no log shows, and Enter; no echo is awaited, and one that comes is masked. */
  async sendSecret(text: string | Secret): Promise<void> {
    const secret = reveal(text)
    this.#refuse(secret, 'a secret with control characters')
    await this.#check()
    this.mask(secret)
    this.#transcript.sent(this.#reader.leavePast(), secret)
    this.#reader.take(new SecretEcho(secret, MASK))
    this.#line.write(`${secret}\r`)
  }

  /** Goes from state to state until the one named `to`; each reacts to what the guest says. */
  converse(states: Readonly<Record<string, DialogueState>>, options: ConverseOptions): Promise<void> {
    return converse(this, states, options, {
      enter: (state, until) => {
        this.#state = state
        this.#until = until
      },
      scene: () => this.#scene(),
      listen: (patterns, wait) => this.#listen(patterns, wait),
    })
  }

  /** Keeps a value out of the log, the transcript and errors from here on. */
  mask(secret: string | Secret): void {
    this.#transcript.mask(reveal(secret))
  }

  /** What was said, both ways; what was typed begins with an arrow, and secrets are masked. */
  transcript(): string {
    return this.#transcript.text(this.#reader.unfinished)
  }

  /** Leaves the line to others. */
  close(): void {
    this.#reader.stop()
  }

  async #listen<K extends string>(
    patterns: Readonly<Record<K, RegExp>>,
    { until, late, wake, wakeAfter = 5 }: Wait,
  ): Promise<Heard<K>> {
    const began = performance.now()
    let quiet = wakeAfter * 1000
    let woken = began
    for (;;) {
      const { text, heard, closed } = this.#reader
      const now = performance.now()
      const found = find(patterns, text)
      const open = found && !found.whole && found.end === text.length && !closed
      const settled = open ? heard + SETTLED - now : 0
      if (found && settled <= 0) return this.#taken(found, text)
      await this.#check()
      if (now >= until) throw late(heard < began)
      const silence = Math.max(heard, woken) + quiet - now
      if (wake !== undefined && silence <= 0 && !found) {
        await this.send(wake)
        woken = now
        quiet *= 2
        continue
      }
      const times = [until - now, ...(found ? [settled] : []), ...(wake === undefined ? [] : [silence])]
      await this.#reader.next(Math.min(...times), this.#signal)
    }
  }

  #taken<K extends string>({ is, match, end }: Found<K>, text: string): Heard<K> {
    this.#reader.consume(end)
    return { is, match, before: text.slice(0, match.index) }
  }

  async #type(piece: string): Promise<void> {
    const echo = new TypedEcho(piece)
    this.#reader.take(echo)
    this.#line.write(piece)
    const began = performance.now()
    const until = this.#until ?? began + ECHO * 1000
    while (!echo.done) {
      await this.#check()
      const now = performance.now()
      const settled = Math.max(began, this.#reader.heard) + SCATTERED - now
      if (echo.scattered && settled <= 0) break
      if (now >= until) {
        const seconds = Math.round((now - began) / 1000)
        this.#reader.take(undefined)
        throw errors.serialNoEcho(this.#scene(), this.#transcript.clean(piece), seconds)
      }
      await this.#reader.next(Math.min(until - now, ...(echo.scattered ? [settled] : [])), this.#signal)
    }
    this.#reader.take(undefined)
  }

  #refuse(text: string, what: string): void {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    if (/[\x00-\x1f\x7f]/.test(text)) throw errors.serialText(this.name, what)
  }

  #scene() {
    const lines = this.#transcript.last(15, this.#reader.unfinished)
    return { dialogue: this.name, lines, ...(this.#state !== undefined && { state: this.#state }) }
  }

  async #check(): Promise<void> {
    this.#signal?.throwIfAborted()
    if (!this.#reader.closed) return
    // whoever closed it may know why
    await pause(FAREWELL, this.#signal)
    this.#signal?.throwIfAborted()
    throw errors.serialClosed(this.#scene())
  }
}
