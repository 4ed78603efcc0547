import type { Token } from './escapes.ts'

/** Takes what it awaits out of what comes. */
export interface Echo {
  /** What is not, or no longer, part of the echo. */
  push(token: Token): Token[]
  /** Gives back what is held, when nobody waits any more. */
  release(): Token[]
  readonly done: boolean
}

const single = (token: Token): Token[] =>
  'text' in token ? [...token.text].map((text) => ({ text })) : [token]

const isInk = (token: Token): boolean => 'text' in token && token.text.trim() !== ''

/** Blanks and movements between the characters of an echo, at most. */
const LONGEST = 512

/**
 * The echo of typed text. A terminal wraps it at its width, redraws parts of it and moves its cursor, so only
 * visible characters count.
 */
export class TypedEcho implements Echo {
  readonly #wanted: readonly string[]
  #held: Token[] = []
  #ink: string[] = []
  #inOrder = 0
  #done = false

  constructor(typed: string) {
    this.#wanted = [...typed].filter((character) => character.trim() !== '')
    this.#done = this.#wanted.length === 0
  }

  get done(): boolean {
    return this.#done
  }

  /** All characters came in their order, with others in between: somebody else wrote into the line. */
  get scattered(): boolean {
    return this.#inOrder === this.#wanted.length
  }

  push(token: Token): Token[] {
    return single(token).flatMap((one) => (this.#done ? [one] : this.#take(one)))
  }

  release(): Token[] {
    const held = this.#held
    this.#held = []
    this.#done = true
    return held
  }

  #take(one: Token): Token[] {
    if (!('text' in one) || !isInk(one)) return this.#blank(one)
    this.#held.push(one)
    this.#ink.push(one.text)
    if (one.text === this.#wanted[this.#inOrder]) this.#inOrder++
    const enough = this.#ink.length >= this.#wanted.length
    if (enough && this.#wanted.every((character, index) => character === this.#ink[index])) {
      const first = this.#held.findIndex(isInk)
      const before = this.#held.slice(0, first)
      this.#held = []
      this.#done = true
      return before
    }
    // the first visible character can no longer be part of it
    if (!enough) return []
    this.#ink.shift()
    const [first, second] = this.#held.flatMap((held, index) => (isInk(held) ? [index] : []))
    return this.#held.splice(0, second ?? first! + 1)
  }

  #blank(one: Token): Token[] {
    if (this.#ink.length === 0) return [one]
    this.#held.push(one)
    if (this.#held.length < LONGEST) return []
    this.#ink = []
    return this.#held.splice(0)
  }
}

/** Fewer characters of a secret in its order may be the beginning of something else. */
const TELLING = 3

/** The echo of a secret, which should not come at all: a terminal that shows it shows it before anything else. */
export class SecretEcho implements Echo {
  readonly #secret: readonly string[]
  readonly #instead: string
  #held: Token[] = []
  #seen = 0
  #done = false

  constructor(secret: string, instead: string) {
    this.#secret = [...secret]
    this.#instead = instead
    this.#done = secret === ''
  }

  get done(): boolean {
    return this.#done
  }

  push(token: Token): Token[] {
    return single(token).flatMap((one) => (this.#done ? [one] : this.#take(one)))
  }

  release(): Token[] {
    const held = this.#seen >= TELLING ? [{ text: this.#instead }] : this.#held
    this.#held = []
    this.#done = true
    return held
  }

  #take(one: Token): Token[] {
    if ('text' in one && one.text === this.#secret[this.#seen]) {
      this.#held.push(one)
      this.#seen++
      return this.#seen === this.#secret.length ? this.release() : []
    }
    // a terminal wraps a long line
    if (this.#seen >= TELLING && !isInk(one)) {
      this.#held.push(one)
      return []
    }
    return [...this.release(), one]
  }
}
