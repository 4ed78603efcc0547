/** What has to come in how many milliseconds, or a transfer counts as one that does not get anywhere. */
export interface LeastSpeed {
  bytes: number
  ms: number
}

/** 1 kB a second, over a minute: slower than any line that a disk image is fetched over. */
export const LEAST_SPEED: LeastSpeed = { bytes: 60_000, ms: 60_000 }

/** Why a transfer was broken off that was slower than that. */
export class TooSlow extends Error {
  constructor({ bytes, ms }: LeastSpeed, got: number) {
    super(`only ${got} bytes came in ${ms / 1000} s, less than the ${bytes} that are expected`)
  }
}

/** Sees how fast something comes, from the first moment on. */
export class Pace {
  readonly #tooSlow = new AbortController()
  readonly #timer: NodeJS.Timeout
  #got = 0

  constructor(least: LeastSpeed = LEAST_SPEED) {
    this.#timer = setInterval(() => {
      if (this.#got < least.bytes) this.#tooSlow.abort(new TooSlow(least, this.#got))
      this.#got = 0
    }, least.ms)
  }

  /** Aborted as soon as it is too slow. */
  get signal(): AbortSignal {
    return this.#tooSlow.signal
  }

  count(bytes: number): void {
    this.#got += bytes
  }

  end(): void {
    clearInterval(this.#timer)
  }
}
