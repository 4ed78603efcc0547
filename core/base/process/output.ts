/** The most of a command's output that is kept whole, in bytes. */
export const KEPT_WHOLE = 64 << 20

/** What is kept where only the end is wanted. */
const END = 64 << 10

/** What a command printed, within bounds. */
export class Output {
  readonly #endOnly: boolean
  #chunks: Buffer[] = []
  #length = 0

  constructor(endOnly = false) {
    this.#endOnly = endOnly
  }

  /** Takes what comes; gives false where it is more than can be kept. */
  push(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (!this.#endOnly) return this.#length <= KEPT_WHOLE
    // cut seldom, so that each byte is copied once or twice
    if (this.#length > 2 * END) {
      this.#chunks = [Buffer.concat(this.#chunks).subarray(-END)]
      this.#length = END
    }
    return true
  }

  bytes(): Buffer {
    const all = Buffer.concat(this.#chunks)
    return this.#endOnly ? all.subarray(-END) : all
  }

  toString(): string {
    return this.bytes().toString()
  }
}
