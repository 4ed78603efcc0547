import { describe, expect, test } from 'vitest'
import { macBytes } from '../../../../core/machine/snapshot/addresses/forms.ts'
import { findPlaces, type Place } from '../../../../core/machine/snapshot/addresses/places.ts'
import { isEeprom, relocate } from '../../../../core/machine/snapshot/addresses/relocation.ts'

const OLD = '52:54:00:a7:3c:e1'
const NEW = '02:42:0a:0b:0c:0d'

const moved = (before: Buffer, where: 'ram' | 'state' = 'ram'): Buffer => {
  const data = Buffer.from(before)
  relocate(data, 0, findPlaces(data, [OLD], where), [NEW])
  return data
}
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('an address is found and replaced', () => {
  test.for([
    ['as bytes', '00 52 54 00 a7 3c e1 00', '00 02 42 0a 0b 0c 0d 00'],
    // RFC 4291: the universal bit is inverted
    [
      'in an interface identifier',
      'fe80 0000 0000 0000 5054 00ff fea7 3ce1',
      'fe80 0000 0000 0000 0042 0aff fe0b 0c0d',
    ],
    [
      'in a solicited-node address',
      'ff02 0000 0000 0000 0000 0001 ffa7 3ce1',
      'ff02 0000 0000 0000 0000 0001 ff0b 0c0d',
    ],
    ["in that address's own", '3333 ffa7 3ce1', '3333 ff0b 0c0d'],
  ] as const)('%s', ([, before, after]) => {
    expect(moved(hex(before)).toString('hex')).toBe(hex(after).toString('hex'))
  })

  test.for([
    [OLD, NEW],
    ['52:54:00:A7:3C:E1', '02:42:0A:0B:0C:0D'],
    ['52-54-00-a7-3c-e1', '02-42-0a-0b-0c-0d'],
    ['52-54-00-A7-3C-E1', '02-42-0A-0B-0C-0D'],
    ['enx525400a73ce1', 'enx02420a0b0c0d'],
    ['525400A73CE1', '02420A0B0C0D'],
  ] as const)('as the text %s', ([before, after]) => {
    expect(String(moved(Buffer.from(`"${before}"`)))).toBe(`"${after}"`)
  })

  test("in e1000's receive address registers, as QEMU saves them", () => {
    expect(moved(hex('00a75452 8000e13c'.replace('00a75452', 'a7005452')), 'state').toString('hex')).toBe(
      '0b0a420280000d0c',
    )
  })

  test('what only looks like its end stays', () => {
    const others = hex('11 ff a7 3c e1 00 a7 3c e1 52 54 00 a7 3c')
    expect(moved(others)).toEqual(others)
  })
})

describe("e1000's EEPROM", () => {
  /** 64 words as QEMU saves them, with a checksum that is right for 0xBABA. */
  const eeprom = (mac: string): Buffer => {
    const image = Buffer.alloc(128)
    macBytes(mac).swap16().copy(image)
    image.writeUInt16BE(0x3000, 6)
    let sum = 0
    for (let at = 0; at < 126; at += 2) sum += image.readUInt16BE(at)
    image.writeUInt16BE((0xbaba - sum) & 0xffff, 126)
    return image
  }
  const around = (inner: Buffer) => Buffer.concat([Buffer.alloc(10, 7), inner, Buffer.alloc(10, 9)])

  test('gets the words and the checksum that belong to them', () => {
    expect(moved(around(eeprom(OLD)), 'state')).toEqual(around(eeprom(NEW)))
  })

  test('is told from bytes that only begin like one', () => {
    const state = around(eeprom(OLD))
    expect(isEeprom(state, 10)).toBe(true)
    state[100]! ^= 1
    expect(isEeprom(state, 10)).toBe(false)
    expect(isEeprom(state.subarray(0, 100), 10)).toBe(false)
  })
})

test('of a place that crosses a page, each page gets its part', () => {
  const place: Place = [4093, 0, 'plain']
  const [first, second] = [Buffer.alloc(4096), Buffer.alloc(4096)]
  relocate(first, 0, [place], [NEW])
  relocate(second, 4096, [place], [NEW])
  expect(first.subarray(4090).toString('hex')).toBe('00000002420a')
  expect(second.subarray(0, 6).toString('hex')).toBe('0b0c0d000000')
})
