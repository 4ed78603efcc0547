import type { Token } from './escapes.ts'

/** Characters that are kept: what patterns are looked for in. */
export const WINDOW = 64 * 1024

/** A line without an end is cut to this. */
const LINE = 16 * 1024

/** What a terminal shows, as text: finished lines, and one that is being written and can be overwritten. */
export class Screen {
  readonly #onLine: (line: string) => void
  #lines = ''
  /** The unfinished line by code units: one that is overwritten at its beginning is not copied for each. */
  #cells: string[] = []
  #column = 0
  /** What was consumed of the unfinished line; only whoever reads along wants it. */
  #past = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  /** Finished lines, each with an end of line and without white space before it; then the unfinished one. */
  get text(): string {
    return this.#lines + this.#line()
  }

  /** The unfinished line, with what was consumed of it. */
  get line(): string {
    return this.#past + this.#line()
  }

  #line(): string {
    return this.#cells.join('')
  }

  /** Forgets what was consumed of the unfinished line. */
  leavePast(): void {
    this.#past = ''
  }

  put(token: Token): void {
    if ('text' in token) this.#write(token.text)
    else if (token.control === 'feed') this.#finish()
    else if (token.control === 'return') this.#column = 0
    else if (token.control === 'column') this.#column = Math.min(LINE, Math.max(0, token.count - 1))
    else if (token.control === 'left') this.#column = Math.max(0, this.#column - (token.count || 1))
    else if (token.control === 'right') this.#column = Math.min(LINE, this.#column + (token.count || 1))
    else if (token.control === 'page') this.#leave()
    else if (token.count === 0) this.#cells.splice(this.#column)
    else if (token.count === 2) this.#cells = []
  }

  /** Puts a whole line before the one that is being written. */
  insert(line: string): void {
    this.#keep(line)
  }

  /** Forgets the first characters of the text. */
  consume(length: number): void {
    const ofLine = Math.max(0, length - this.#lines.length)
    this.#lines = this.#lines.slice(length)
    this.#past = (this.#past + this.#cells.splice(0, ofLine).join('')).slice(-LINE)
    this.#column = Math.max(0, this.#column - ofLine)
  }

  #write(text: string): void {
    while (this.#cells.length < this.#column) this.#cells.push(' ')
    for (let at = 0; at < text.length; at++) this.#cells[this.#column++] = text[at]!
    if (this.#cells.length > LINE) {
      const cut = this.#cells.length - LINE / 2
      this.#cells.splice(0, cut)
      this.#column = Math.max(0, this.#column - cut)
    }
  }

  #finish(): void {
    this.#keep(this.#line(), this.#past)
    this.#past = ''
    this.#cells = []
    this.#column = 0
  }

  /** A cursor that goes elsewhere writes another line; nothing is finished where there is nothing. */
  #leave(): void {
    if (this.#line().trim() !== '') this.#finish()
    else {
      this.#cells = []
      this.#column = 0
    }
  }

  #keep(line: string, past = ''): void {
    this.#lines += `${line.trimEnd()}\n`
    if (this.#lines.length > 2 * WINDOW) this.#lines = this.#lines.slice(-WINDOW)
    this.#onLine((past + line).trimEnd())
  }
}
