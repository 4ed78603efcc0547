import { type Echo, isInk, single } from './echo.ts'
import type { Token } from './escapes.ts'

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

  get holds(): boolean {
    return this.#held.length > 0
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
