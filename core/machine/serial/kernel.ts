import type { Token } from './escapes.ts'

/** How a Linux kernel begins its messages; with CONFIG_PRINTK_CALLER more follows. */
const STAMP = /\[ *\d+\.\d{6}\]/

const BEGUN = /\[ *\d*(?:\.\d{0,6})?$/

/** True for a line of a kernel. */
export const isKernelLine = (line: string): boolean => line.search(STAMP) === 0

const LONGEST = 4096

/**
 * Takes the messages of a kernel out of the line in which they came: a kernel writes them to its console in the
 * middle of whatever stands there, each with an end of line.
 */
export class Kernel {
  readonly #onMessage: (line: string) => void
  #message: string | undefined
  #held = ''

  constructor(onMessage: (line: string) => void) {
    this.#onMessage = onMessage
  }

  /** What may be the beginning of a message, and is text until it is. */
  get held(): string {
    return this.#held
  }

  /** Takes some of it as text. */
  consume(length: number): void {
    this.#held = this.#held.slice(length)
  }

  push(token: Token): Token[] {
    if ('text' in token) return this.#text(token.text)
    if (this.#message !== undefined) {
      if (token.control === 'feed') this.#end()
      return []
    }
    return [...this.release(), token]
  }

  #text(text: string): Token[] {
    if (this.#message !== undefined) {
      this.#message += text
      if (this.#message.length > LONGEST) this.#end()
      return []
    }
    const all = this.#held + text
    this.#held = ''
    const begins = all.search(STAMP)
    if (begins >= 0) {
      this.#message = all.slice(begins)
      return begins > 0 ? [{ text: all.slice(0, begins) }] : []
    }
    const begun = BEGUN.exec(all.slice(-32))?.[0] ?? ''
    this.#held = begun
    const sure = all.slice(0, all.length - begun.length)
    return sure === '' ? [] : [{ text: sure }]
  }

  /** Gives back what is held. */
  release(): Token[] {
    const text = this.#held
    this.#held = ''
    return text === '' ? [] : [{ text }]
  }

  #end(): void {
    this.#onMessage(this.#message!.trimEnd())
    this.#message = undefined
  }
}
