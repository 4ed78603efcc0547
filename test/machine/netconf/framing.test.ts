import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Deframer, FramingError, frame } from '../../../core/machine/netconf/framing.ts'

const LIMIT = 1000

/** What a deframer makes of pieces. */
const read = (pieces: readonly (string | Buffer)[], chunked: boolean, limit = LIMIT): string[] => {
  const deframer = new Deframer(limit)
  deframer.chunked = chunked
  const messages: string[] = []
  for (const piece of pieces) {
    deframer.add(Buffer.from(piece as string))
    for (let one = deframer.next(); one !== undefined; one = deframer.next()) messages.push(one)
  }
  return messages
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes of memory that something holds on to. */
const used = () => {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const bytes = (text: string | Buffer) => [...Buffer.from(text as string)].map((one) => Buffer.from([one]))

describe('messages that end with the mark', () => {
  test('are cut out wherever the pieces break', () => {
    const text = 'één]]>]]>\n<two/>]]>]]>'
    for (const pieces of [[text], bytes(text)]) expect(read(pieces, false)).toEqual(['één', '\n<two/>'])
  })

  test('are written so that they can be read', () => {
    expect(read([frame('<a>é</a>', false)], false)).toEqual(['<a>é</a>\n'])
  })

  test('are refused if they hold it', () => {
    expect(() => frame('<!-- ]]>]]> -->', false)).toThrow(FramingError)
    expect(read([frame('<!-- ]]>]]> -->', true)], true)).toEqual(['<!-- ]]>]]> -->'])
  })

  test('may not be longer than the limit', () => {
    expect(read(['x'.repeat(LIMIT), ']]>]]>'], false)[0]).toHaveLength(LIMIT)
    expect(() => read(['x'.repeat(LIMIT + 1), ']]>]]>'], false)).toThrow(/more than 1000 bytes/)
    // before the end has come
    expect(() => read(['x'.repeat(LIMIT + 10)], false)).toThrow(/more than 1000 bytes/)
  })
})

describe('messages in chunks', () => {
  test('are put together wherever the pieces break, within a character too', () => {
    const split = Buffer.concat([
      Buffer.from('\n#2\n'),
      Buffer.from('é').subarray(0, 1),
      Buffer.from('a'),
      Buffer.from('\n##\n'),
    ])
    expect(() => read([split], true)).toThrow(/not UTF-8/)
    const e = Buffer.from('é')
    const good = Buffer.concat([
      Buffer.from('\n#1\n'),
      e.subarray(0, 1),
      Buffer.from('\n#5\n'),
      e.subarray(1),
      Buffer.from('\n##\n\n##'),
    ])
    for (const pieces of [[good], bytes(good)]) expect(read(pieces, true)).toEqual([])
    const two = Buffer.concat([
      Buffer.from('\n#1\n'),
      e.subarray(0, 1),
      Buffer.from('\n#4\n'),
      e.subarray(1),
      Buffer.from('abc\n##\n\n#1\nx\n##\n'),
    ])
    for (const pieces of [[two], bytes(two)]) expect(read(pieces, true)).toEqual(['éabc', 'x'])
  })

  test('are written so that they can be read', () => {
    expect(frame('é', true).toString()).toBe('\n#2\né\n##\n')
    expect(read(bytes(frame('<a/>', true)), true)).toEqual(['<a/>'])
  })

  test('may follow line breaks, but only at their beginning', () => {
    expect(read(['\n', '\n#1\nx\n##\n', '\n\n#1\ny\n##\n'], true)).toEqual(['x', 'y'])
    expect(() => read(['\n#1\nx\n\n##\n'], true)).toThrow(FramingError)
  })

  test.each([
    ['\n#0\nx', /size of a chunk/],
    ['\n#01\nx', /size of a chunk/],
    ['\n#-1\nx', /size of a chunk/],
    ['\n#1 \nx', /size of a chunk/],
    ['\n#x\n', /size of a chunk/],
    ['#1\nx', /size of a chunk/],
    ['<rpc-reply/>', /"<rpc-reply\/>" came where the size of a chunk was awaited/],
    ['\n#99999999999\n', /size of a chunk/],
    ['\n#4294967296\n', /4294967296 bytes/],
    ['\n#1001\n', /more than 1000 bytes/],
    ['\n#600\n'.concat('x'.repeat(600), '\n#401\n'), /more than 1000 bytes/],
    ['\n##\n', /without content/],
    ['\n#3\nabcd\n##\n', /size of a chunk/],
    ['\n#1\n\u0080\n##\n', /size of a chunk/],
  ])('%j is refused', (text, message) => {
    expect(() => read([text], true)).toThrow(FramingError)
    expect(() => read([text], true)).toThrow(message)
    expect(() => read(bytes(text), true)).toThrow(FramingError)
  })

  test('of one byte take the memory of their content', { timeout: 20_000 }, () => {
    const mib = 1024 * 1024
    const deframer = new Deframer(mib)
    deframer.chunked = true
    const before = used()
    deframer.add(Buffer.from('\n#1\nx'.repeat(mib)))
    expect(deframer.next()).toBeUndefined()
    expect(used() - before).toBeLessThan(32 * mib)
    deframer.add(Buffer.from('\n##\n'))
    expect(deframer.next()).toBe('x'.repeat(mib))
  })

  test('know whether one has begun', () => {
    const deframer = new Deframer(LIMIT)
    deframer.chunked = true
    for (const [text, midway] of [
      ['\n', false],
      ['\n#3\n', true],
      ['ab', true],
      ['c', true],
      ['\n##\n', false],
    ] as const) {
      deframer.add(Buffer.from(text))
      const message = deframer.next()
      expect(message).toBe(text === '\n##\n' ? 'abc' : undefined)
      expect(deframer.midway).toBe(midway)
    }
  })
})
