import { StringDecoder } from 'node:string_decoder'
import { shortened } from './printable.ts'

/** The longest piece, in characters, of a line that never ends. */
const LONGEST = 1 << 20

/** Cuts a stream of bytes into lines of text. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #onLine: (line: string) => void
  #rest = ''

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine
  }

  push(chunk: Buffer): void {
    const text = this.#decoder.write(chunk)
    let from = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      const line = this.#rest + text.slice(from, end)
      this.#rest = ''
      from = end + 1
      this.#onLine(line)
    }
    // what is there already is not looked at again
    this.#rest += text.slice(from)
    if (this.#rest.length < LONGEST) return
    this.#onLine(this.#rest)
    this.#rest = ''
  }

  /** Gives what is left as the last line. */
  end(): void {
    if (this.#rest !== '') this.#onLine(this.#rest)
  }
}

/** Characters of an output in which its last lines are looked for, and of one of them: it may be 64 MiB of line ends. */
const END = 1 << 20
const SHOWN = 2000

/** The last lines of a command, empty ones left out: what a message shows. */
export const lastLines = (...texts: string[]): string[] =>
  texts
    .map((text) => text.slice(-END))
    .join('\n')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-15)
    .map((line) => shortened(line, SHOWN))
