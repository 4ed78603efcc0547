import { untilEvent } from '../../base/async/wait.ts'
import type { Echo } from './echo.ts'
import { Escapes, type Token } from './escapes.ts'
import { Kernel } from './kernel.ts'
import type { SerialLine } from './line.ts'
import { Screen } from './screen.ts'
import type { Transcript } from './transcript.ts'

/** The reading end of a serial line: its bytes as the text that a terminal would show. */
export class Reader {
  readonly #line: SerialLine
  readonly #escapes = new Escapes()
  readonly #kernel: Kernel
  readonly #screen: Screen
  readonly #waiting = new Set<() => void>()
  #echo: Echo | undefined
  #closed = false
  #heard = 0

  constructor(line: SerialLine, transcript: Transcript) {
    this.#line = line
    this.#screen = new Screen((text) => transcript.came(text))
    this.#kernel = new Kernel((message) => this.#screen.insert(message))
    line.on('data', this.#read)
    line.on('close', this.#close)
  }

  /** What came and was not consumed; the last line may be unfinished. */
  get text(): string {
    return this.#screen.text + this.#kernel.held
  }

  /** The unfinished line, with what was consumed of it. */
  get unfinished(): string {
    return this.#screen.line + this.#kernel.held
  }

  /** When something other than a kernel's message came last, as performance.now() tells the time; 0 for never. */
  get heard(): number {
    return this.#heard
  }

  /** Something that came is held back, because it may be an echo. */
  get holds(): boolean {
    return this.#echo?.holds ?? false
  }

  /** The same, because it may be the beginning of a kernel's message. */
  get holdsKernel(): boolean {
    return this.#kernel.held !== ''
  }

  get closed(): boolean {
    return this.#closed
  }

  consume(length: number): void {
    const held = length - this.#screen.text.length
    this.#screen.consume(length)
    if (held > 0) this.#kernel.consume(held)
  }

  /** Gives the unfinished line, to be logged with what is typed behind it. */
  leaveLine(): string {
    const line = this.unfinished
    this.#screen.leavePast()
    return line
  }

  /** Forgets all that came. */
  drop(): void {
    this.take(undefined)
    this.consume(this.text.length)
    this.#screen.leavePast()
  }

  /** Takes what may be the beginning of a kernel's message for text. */
  releaseKernel(): void {
    this.#put(this.#kernel.release())
  }

  /** Takes an echo out of what comes from now on. */
  take(echo: Echo | undefined): void {
    this.#leave()
    this.#echo = echo
  }

  /** Settles when something came, the line was closed, the signal aborted or the time is over. */
  async next(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#closed || signal?.aborted) return
    await untilEvent<void>((done) => {
      const end = () => done(undefined)
      const timer = setTimeout(end, Math.max(0, Math.ceil(milliseconds)))
      this.#waiting.add(end)
      signal?.addEventListener('abort', end, { once: true })
      return () => {
        clearTimeout(timer)
        this.#waiting.delete(end)
        signal?.removeEventListener('abort', end)
      }
    })
  }

  stop(): void {
    this.#line.off('data', this.#read)
    this.#line.off('close', this.#close)
    this.#close()
  }

  #read = (chunk: Buffer): void => {
    for (const token of this.#escapes.push(chunk)) this.#put(this.#kernel.push(token))
    if (this.holdsKernel) this.#heard = performance.now()
    this.#wake()
  }

  #put(tokens: readonly Token[]): void {
    if (tokens.length > 0) this.#heard = performance.now()
    for (const token of tokens) {
      const shown = this.#echo?.push(token) ?? [token]
      for (const one of shown) this.#screen.put(one)
    }
    if (this.#echo?.done) this.#echo = undefined
  }

  #leave(): void {
    for (const token of this.#echo?.release() ?? []) this.#screen.put(token)
    this.#echo = undefined
  }

  #close = (): void => {
    this.#closed = true
    this.#leave()
    this.#wake()
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
