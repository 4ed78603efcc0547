import { StringDecoder } from 'node:string_decoder'

/** What moves the cursor of a terminal, or erases. */
export type Control = 'return' | 'feed' | 'left' | 'right' | 'column' | 'erase' | 'page'

/** A piece of what a terminal shows; `count` is how far a movement goes. */
export type Token = { text: string } | { control: Control; count: number }

/** Sequences that move within a line or erase to its end; others leave it. Source: ECMA-48, 8.3. */
const FINALS: Record<string, Control> = {
  C: 'right',
  D: 'left',
  G: 'column',
  K: 'erase',
  A: 'page',
  B: 'page',
  d: 'page',
  f: 'page',
  H: 'page',
  J: 'page',
}

const CHARACTERS: Record<string, Control> = { '\r': 'return', '\n': 'feed', '\b': 'left' }

// a control sequence (CSI), a string up to its end (OSC, DCS, …), another sequence, or a control character
const WHOLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is read
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x00-\x1f\x7f]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-OQ-WYZ\\`-~]|[\x00-\x08\n-\x1a\x1c-\x1f\x7f]/g

/** The beginning of a sequence that may go on. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is read
const BEGUN = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x00-\x1f\x7f]*\x1b?|[ -/]*)$/

/** A string that is longer than this has lost its end. */
const LONGEST = 4096

/** Cuts the bytes of a terminal into text and what moves the cursor; colours and the rest are left out. */
export class Escapes {
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''

  push(chunk: Buffer): Token[] {
    const all = this.#rest + this.#decoder.write(chunk)
    const begun = BEGUN.exec(all.slice(-LONGEST))?.[0] ?? ''
    this.#rest = begun
    const read = all.slice(0, all.length - begun.length)
    const tokens: Token[] = []
    let from = 0
    const text = (to: number) => {
      // what begins a sequence that is none
      const plain = read.slice(from, to).replaceAll('\x1b', '')
      if (plain !== '') tokens.push({ text: plain })
    }
    for (const { 0: whole, 1: parameters, 2: final, index } of read.matchAll(WHOLE)) {
      text(index)
      from = index + whole.length
      const count = Number.parseInt(parameters ?? '', 10) || 0
      // what is below the cursor is nothing, until a cursor goes there
      const below = final === 'J' && count === 0
      const control = below ? 'erase' : final === undefined ? CHARACTERS[whole] : FINALS[final]
      if (control) tokens.push({ control, count })
    }
    text(read.length)
    return tokens
  }
}
