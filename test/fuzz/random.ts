/** Numbers that look random and are the same again for the same seed. */
export class Random {
  #state: number

  constructor(...seeds: number[]) {
    this.#state = 0x9e3779b9
    for (const seed of seeds) {
      this.#state = Math.imul(this.#state ^ seed, 0x85ebca6b) >>> 0
      this.#next()
    }
  }

  /** 32 bits: mulberry32, by Tommy Ettinger. */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A whole number from 0 on, below `end`. */
  below(end: number): number {
    return Math.floor((this.#next() / 2 ** 32) * end)
  }

  /** True once in so many times. */
  once(times: number): boolean {
    return this.below(times) === 0
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  /** A length: mostly short, seldom up to `most`. */
  length(most: number): number {
    return Math.min(most, this.below(2 ** (1 + this.below(Math.ceil(Math.log2(most + 1))))))
  }
}
