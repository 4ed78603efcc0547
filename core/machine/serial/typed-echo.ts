import { type Echo, isInk, single } from './echo.ts'
import type { Token } from './escapes.ts'

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
  #scattered: number | undefined

  constructor(typed: string) {
    this.#wanted = [...typed].filter((character) => character.trim() !== '')
    this.#done = this.#wanted.length === 0
  }

  get done(): boolean {
    return this.#done
  }

  get holds(): boolean {
    return this.#held.length > 0
  }

  /**
   * Since when all characters have come in their order, with others in between, as performance.now() tells the
   * time: somebody else writes into the line.
   */
  get scattered(): number | undefined {
    return this.#scattered
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
    if (this.#inOrder === this.#wanted.length) this.#scattered ??= performance.now()
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
    const first = this.#held.findIndex(isInk)
    const second = this.#held.findIndex((held, index) => index > first && isInk(held))
    return this.#held.splice(0, second < 0 ? first + 1 : second)
  }

  #blank(one: Token): Token[] {
    if (this.#ink.length === 0) return [one]
    this.#held.push(one)
    if (this.#held.length < LONGEST) return []
    this.#ink = []
    return this.#held.splice(0)
  }
}
