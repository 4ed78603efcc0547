import { describe, expect, test } from 'vitest'
import { unsyncedFilter } from '../../core/toolbox/unsynced.ts'

/** What the kernel would do: classic BPF over a struct seccomp_data. */
const judge = (number: number, architecture = 0xc000003e): string => {
  const filter = unsyncedFilter()
  const data = Buffer.alloc(64)
  data.writeUInt32LE(number, 0)
  data.writeUInt32LE(architecture, 4)
  let word = 0
  for (let at = 0; at < filter.length; at += 8) {
    const [code, k] = [filter.readUInt16LE(at), filter.readUInt32LE(at + 4)]
    if (code === 0x20) word = data.readUInt32LE(k)
    else if (code === 0x15) at += 8 * filter.readUInt8(word === k ? at + 2 : at + 3)
    else if (code === 0x06) return { 2147418112: 'allowed', 327680: 'done' }[k] ?? `returns ${k}`
    else throw new Error(`unknown code ${code}`)
  }
  throw new Error('runs off its end')
}

describe('the filter', () => {
  test.each([
    ['fsync', 74],
    ['fdatasync', 75],
    ['sync', 162],
    ['sync_file_range', 277],
    ['syncfs', 306],
  ])('%s is said to be done', (_, number) => expect(judge(number)).toBe('done'))

  test('every other call is made', () => {
    for (let number = 0; number < 500; number++)
      if (![74, 75, 162, 277, 306].includes(number)) expect(judge(number), String(number)).toBe('allowed')
  })

  test('numbers of another architecture mean other calls', () =>
    expect(judge(74, 0x40000003)).toBe('allowed'))
})
