import type { Token } from './escapes.ts'

/** Takes what it awaits out of what comes. */
export interface Echo {
  /** What is not, or no longer, part of the echo. */
  push(token: Token): Token[]
  /** Gives back what is held, when nobody waits any more. */
  release(): Token[]
  readonly done: boolean
  /** Something is held that may turn out to be no echo. */
  readonly holds: boolean
}

/** Its characters, each by itself. */
export const single = (token: Token): Token[] =>
  'text' in token ? [...token.text].map((text) => ({ text })) : [token]

/** It leaves something to be seen. */
export const isInk = (token: Token): boolean => 'text' in token && token.text.trim() !== ''

/** The end of line that comes for Enter, if it is the next thing that comes. */
export class EnterEcho implements Echo {
  #done = false
  readonly holds = false

  get done(): boolean {
    return this.#done
  }

  push(token: Token): Token[] {
    if (this.#done) return [token]
    if ('control' in token && token.control === 'return') return []
    this.#done = true
    return 'control' in token && token.control === 'feed' ? [] : [token]
  }

  release(): Token[] {
    this.#done = true
    return []
  }
}
