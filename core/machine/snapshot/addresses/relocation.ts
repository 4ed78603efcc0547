import { FORMS, macBytes } from './forms.ts'
import type { Place } from './places.ts'

/** What the words of e1000's EEPROM add up to, modulo 2^16, and how many there are: Intel 8254x manual, 5.6.35. */
const EEPROM = { words: 64, sum: 0xbaba }

/** The sum of an EEPROM as it stands in device state. */
const sumOf = (state: Buffer, at: number, words: number): number => {
  let sum = 0
  for (let word = 0; word < words; word++) sum += state.readUInt16BE(at + word * 2)
  return sum & 0xffff
}

/** Whether a whole EEPROM with a right checksum begins there; six bytes alone may be anything. */
export const isEeprom = (state: Buffer, at: number): boolean =>
  at + EEPROM.words * 2 <= state.length && sumOf(state, at, EEPROM.words) === EEPROM.sum

/**
 * Writes the machine's own addresses over those it was saved with. `data` is a part of a file that begins at offset
 * `from`; of a place that crosses its edges, what lies inside is written.
 */
export const relocate = (
  data: Buffer,
  from: number,
  places: readonly Place[],
  macs: readonly string[],
): void => {
  for (const [at, slot, form] of places) {
    const bytes = FORMS[form].bytes(macBytes(macs[slot]!))
    for (const [index, byte] of bytes.entries()) {
      const target = at + index - from
      if (target >= 0 && target < data.length) data[target] = byte
    }
    if (form !== 'eeprom') continue
    const checksum = at - from + (EEPROM.words - 1) * 2
    const rest = sumOf(data, at - from, EEPROM.words - 1)
    data.writeUInt16BE((EEPROM.sum - rest) & 0xffff, checksum)
  }
}
