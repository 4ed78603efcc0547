import type { Random } from './random.ts'

/** Bytes of the longest input. */
export const LARGEST = 1 << 20

/** Numbers at which a size, an offset or a count goes over an edge. */
const EDGES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0xffffffffn,
  1n << 53n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
]
const TEXTS = [
  '0',
  '-1',
  '1e309',
  '4294967296',
  '99999999999999999999',
  '1.5',
  'NaN',
  'null',
  '""',
  '[]',
  '{}',
]

const splice = (bytes: Buffer, at: number, remove: number, insert: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)])

type Mutation = (
  bytes: Buffer,
  random: Random,
  others: { seeds: readonly Buffer[]; words: readonly string[] },
) => Buffer

/** A place, as often near the beginning as anywhere: headers are there. */
const at = (bytes: Buffer, random: Random) =>
  random.once(2) ? random.below(bytes.length + 1) : random.length(bytes.length)

/** A part of some bytes, at most so long. */
const part = (bytes: Buffer, random: Random, most = 4096): Buffer => {
  const from = at(bytes, random)
  return bytes.subarray(from, from + random.length(Math.min(most, bytes.length)))
}

const word: Mutation = (bytes, random, { words }) =>
  splice(
    bytes,
    at(bytes, random),
    random.pick([0, 0, 1, random.length(16)]),
    Buffer.from(random.pick([...words, ...TEXTS])),
  )

const MUTATIONS: readonly Mutation[] = [
  // one bit, one byte
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    if (copy.length > 0) copy[random.below(copy.length)]! ^= 1 << random.below(8)
    return copy
  },
  (bytes, random) => splice(bytes, at(bytes, random), random.below(2), Buffer.from([random.below(256)])),
  // a number at an edge, of 1 to 8 bytes, either end first
  (bytes, random) => {
    const size = random.pick([1, 2, 4, 8])
    const number = Buffer.alloc(8)
    number.writeBigUInt64LE(random.pick(EDGES))
    const cut = number.subarray(0, size)
    return splice(bytes, at(bytes, random), size, random.once(2) ? cut : Buffer.from(cut).reverse())
  },
  word,
  word,
  // less of it
  (bytes, random) => splice(bytes, at(bytes, random), random.length(bytes.length), Buffer.alloc(0)),
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  // a part of it, or of another, elsewhere
  (bytes, random) => splice(bytes, at(bytes, random), 0, part(bytes, random)),
  (bytes, random, { seeds }) =>
    splice(bytes, at(bytes, random), random.length(64), part(random.pick(seeds), random)),
  // a part of it again and again
  (bytes, random) =>
    splice(
      bytes,
      at(bytes, random),
      0,
      Buffer.from(repeated(part(bytes, random, 64), 1 << (4 + random.below(9)))),
    ),
]

/** A part as often as makes so many bytes. */
const repeated = (piece: Buffer, bytes: number): Buffer =>
  piece.length === 0 ? piece : Buffer.alloc(bytes - (bytes % piece.length), piece)

/** One in so many inputs grows to a megabyte: that is where work shows that grows faster than the input. */
const GROWS = 100

/**
 * Input number `index` of a seed: first the files of the corpus as they are, then one of them after some mutations. The same
 * again for the same arguments.
 */
export const inputOf = (
  seeds: readonly Buffer[],
  words: readonly string[],
  random: Random,
  index: number,
): Buffer => {
  if (index < seeds.length) return seeds[index]!
  let bytes = random.pick(seeds)
  for (let left = 1 + random.length(16); left > 0; left--)
    bytes = random.pick(MUTATIONS)(bytes, random, { seeds, words }).subarray(0, LARGEST)
  if (!random.once(GROWS)) return bytes
  const piece = random.once(2) && words.length > 0 ? Buffer.from(random.pick(words)) : part(bytes, random, 64)
  return splice(bytes, at(bytes, random), 0, repeated(piece, LARGEST - 4096)).subarray(0, LARGEST)
}
