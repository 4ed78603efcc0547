import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { isAntidoteError } from '../../core/base/errors/error.ts'
import { inputOf } from './mutate.ts'
import { Random } from './random.ts'

/** One reader of untrusted bytes. */
export interface Target {
  /** The directory of its corpus: what real programs write, and what has once done harm. */
  corpus: string
  /** What its format knows: put in where random bytes would never come upon it. */
  words: readonly string[]
  /** Reads an input. Throws what `expects` knows, and anything else where a promise is broken. */
  read(input: Buffer, random: Random): unknown
  /** Whether an error is one of those that the reader declares. */
  expects?(error: unknown): boolean
}

/** Declared errors of ours by their codes. */
export const codes =
  (pattern: RegExp) =>
  (error: unknown): boolean =>
    isAntidoteError(error) && pattern.test(error.code)

/** An error's stack, for whoever mends it. */
export class Broken extends Error {}

/** Throws where a promise of a reader does not hold. */
export const holds = (promise: boolean, what: string): void => {
  if (!promise) throw new Broken(what)
}

/** Cuts an input into pieces, as a network may. */
export const piecesOf = (input: Buffer, random: Random): Buffer[] => {
  const pieces: Buffer[] = []
  const most = random.pick([1, 16, 4096, input.length + 1])
  // a megabyte in single bytes would be a test of this loop
  const least = Math.ceil(input.length / 10_000)
  for (let at = 0; at < input.length; ) {
    const length = Math.max(least, 1 + random.below(most))
    pieces.push(input.subarray(at, at + length))
    at += length
  }
  return pieces
}

/** Sends an input in pieces to a server at a socket, and waits until it has hung up, which is an answer as well. */
export const sendTo = async (path: string, input: Buffer, random: Random): Promise<void> => {
  const socket = connect(path)
  const closed = new Promise<unknown>((done) =>
    socket
      .on('error', () => {})
      .resume()
      .once('close', done),
  )
  for (const piece of piecesOf(input, random)) if (socket.writable) socket.write(piece)
  socket.end()
  await closed
}

/** The inputs of a target, by number. */
export class Inputs {
  readonly #seeds: readonly Buffer[]
  readonly #words: readonly string[]
  readonly #seed: number

  constructor({ corpus, words }: Target, seed: number) {
    this.#seeds = readdirSync(corpus)
      .sort()
      .map((name) => readFileSync(join(corpus, name)))
    this.#words = words
    this.#seed = seed
  }

  /** An input, and the numbers that whoever reads it may go by. */
  at(index: number): { input: Buffer; random: Random } {
    const input = inputOf(this.#seeds, this.#words, new Random(this.#seed, index), index)
    return { input, random: new Random(this.#seed, index, 1) }
  }
}
