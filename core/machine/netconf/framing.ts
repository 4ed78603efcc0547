/** Ends a message in base:1.0 (RFC 6242, 4.3), and the hello of every version. */
const END = Buffer.from(']]>]]>')

/** A chunk's size has at most ten digits: it is below 2^32 (RFC 6242, 4.2). */
const LONGEST_HEADER = 13

/** What is wrong with the bytes that came, as the end of a sentence. */
export class FramingError extends Error {}

/** One message as bytes. Throws FramingError where the end-of-message mark is inside it. */
export const frame = (xml: string, chunked: boolean): Buffer => {
  const bytes = Buffer.from(xml)
  if (chunked) return Buffer.concat([Buffer.from(`\n#${bytes.length}\n`), bytes, Buffer.from('\n##\n')])
  if (bytes.includes(END)) throw new FramingError('it holds "]]>]]>", which ends a message in base:1.0')
  return Buffer.concat([bytes, Buffer.from('\n'), END])
}

/** Takes bytes as they come and gives whole messages. */
export class Deframer {
  /** Set after the hello, for what comes after it. */
  chunked = false
  readonly #limit: number
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  #rest: Buffer = Buffer.alloc(0)
  /** The message as far as it has come: its first `#size` bytes. One buffer, for it may come in pieces of one byte. */
  #content: Buffer = Buffer.alloc(0)
  #size = 0
  /** Bytes of the current chunk that are still to come. */
  #wanted = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Whether a message has begun and not ended. */
  get midway(): boolean {
    return this.#size > 0 || this.#wanted > 0 || this.#rest.toString('latin1').trim() !== ''
  }

  add(data: Buffer): void {
    this.#rest = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data
  }

  /** The next whole message, if it has come. Throws FramingError. */
  next(): string | undefined {
    return this.chunked ? this.#nextChunked() : this.#nextMarked()
  }

  #nextMarked(): string | undefined {
    const end = this.#rest.indexOf(END)
    if (end >= 0) {
      this.#take(end)
      this.#rest = this.#rest.subarray(END.length)
      return this.#message()
    }
    // the mark may have come in part
    this.#take(Math.max(0, this.#rest.length - END.length + 1))
    return undefined
  }

  #nextChunked(): string | undefined {
    while (this.#rest.length > 0) {
      if (this.#wanted > 0) {
        const length = Math.min(this.#wanted, this.#rest.length)
        this.#take(length)
        this.#wanted -= length
        continue
      }
      const header = /^\n#(?:(#)|([1-9][0-9]{0,9}))\n/.exec(this.#peek())
      if (!header) {
        this.#expectHeader()
        return undefined
      }
      this.#rest = this.#rest.subarray(header[0].length)
      if (header[1]) {
        if (this.#size === 0) throw new FramingError('it sent a message without content')
        return this.#message()
      }
      this.#wanted = Number(header[2])
      if (this.#wanted > 0xffffffff) throw new FramingError(`it announced a chunk of ${header[2]} bytes`)
      this.#guard(this.#wanted)
    }
    return undefined
  }

  /** Servers differ in line breaks between the mark after their hello and the first chunk. */
  #peek(): string {
    if (this.#size === 0) {
      let extra = 0
      while (this.#rest[extra] === 10 && [10, undefined].includes(this.#rest[extra + 1])) extra++
      if (this.#rest.length > extra) this.#rest = this.#rest.subarray(extra)
      else this.#rest = this.#rest.subarray(Math.max(0, extra - 1))
    }
    return this.#rest.toString('latin1', 0, LONGEST_HEADER)
  }

  /** Throws unless what is there may become the header of a chunk. */
  #expectHeader(): void {
    const text = this.#rest.toString('latin1', 0, LONGEST_HEADER)
    if (/^(\n(#(#|[1-9][0-9]{0,9})?)?)?$/.test(text)) return
    throw new FramingError(`${JSON.stringify(text)} came where the size of a chunk was awaited`)
  }

  #take(length: number): void {
    if (length === 0) return
    this.#guard(length)
    if (this.#size + length > this.#content.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#content.length, this.#size + length))
      this.#content.copy(larger, 0, 0, this.#size)
      this.#content = larger
    }
    this.#rest.copy(this.#content, this.#size, 0, length)
    this.#size += length
    this.#rest = this.#rest.subarray(length)
  }

  #guard(more: number): void {
    if (this.#size + more > this.#limit)
      throw new FramingError(`it sent a message of more than ${this.#limit} bytes, which is the limit`)
  }

  #message(): string {
    const bytes = this.#content.subarray(0, this.#size)
    this.#content = Buffer.alloc(0)
    this.#size = 0
    try {
      return this.#decoder.decode(bytes)
    } catch {
      throw new FramingError('it sent a message that is not UTF-8')
    }
  }
}
