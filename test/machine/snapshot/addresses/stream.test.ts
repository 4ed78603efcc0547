import { describe, expect, test } from 'vitest'
import { endOfBlocks, withPages } from '../../../../core/machine/snapshot/addresses/stream.ts'

const be64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
const named = (name: string) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name)])
const block = (name: string, size: number) => Buffer.concat([named(name), be64(size), be64(0)])

const SIZE = 1 << 20
/** A device state as QEMU begins one: migration/savevm.c and ram.c. */
const stateOf = (...blocks: [string, number][]) => {
  const total = blocks.reduce((sum, [, size]) => sum + size, 0)
  const head = Buffer.concat([
    Buffer.from('QEVM\0\0\0\x03\x07'),
    Buffer.from('configuration'),
    Buffer.from([1, 0, 0, 0, 2]),
    named('ram'),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, 4]),
    be64(total | 4),
    ...blocks.map(([name, size]) => block(name, size)),
  ])
  return { head, whole: Buffer.concat([head, be64(0x10), Buffer.from('the rest')]) }
}

describe('the list of memory blocks', () => {
  const { head, whole } = stateOf(['ram', SIZE], ['pc.bios', 4096])

  test('ends before what follows it', () => {
    expect(endOfBlocks(whole, 'ram', SIZE)).toBe(head.length)
  })

  test.for([
    ['another size', 'ram', SIZE * 2],
    ['another name', 'memory', SIZE],
  ] as const)('%s is not this memory', ([, name, size]) => {
    expect(endOfBlocks(whole, name, size)).toBeUndefined()
  })

  test('is not looked for in what is no device state, or is cut off', () => {
    expect(endOfBlocks(Buffer.concat([Buffer.from('x'), whole.subarray(1)]), 'ram', SIZE)).toBeUndefined()
    for (const length of [0, 3, 30, head.length - 1])
      expect(endOfBlocks(whole.subarray(0, length), 'ram', SIZE), String(length)).toBeUndefined()
  })
})

test('pages are put in as QEMU writes them: offset with flag, name of the block, content', () => {
  const { head, whole } = stateOf(['ram', SIZE])
  const data = Buffer.alloc(4096, 5)
  const written = Buffer.concat(withPages(whole, head.length, 'ram', [{ offset: 8192, data }]))
  expect(written).toEqual(
    Buffer.concat([head, be64(8192 | 8), named('ram'), data, be64(0x10), Buffer.from('the rest')]),
  )
})
