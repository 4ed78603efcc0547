import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { macBytes } from '../../../../core/machine/snapshot/addresses/forms.ts'
import { findPlaces, findPlacesInFile } from '../../../../core/machine/snapshot/addresses/places.ts'
import { sentinelMacs } from '../../../../core/machine/snapshot/addresses/sentinel.ts'
import { temporary } from '../../../support/directory.ts'

const macs = sentinelMacs('key', 2)
const [first, second] = macs.map(macBytes) as [Buffer, Buffer]

test('sentinels are the same for the same key, and unlike each other and others', () => {
  expect(sentinelMacs('key', 2)).toEqual(macs)
  expect(sentinelMacs('key', 3).slice(0, 2)).toEqual(macs)
  const many = [...sentinelMacs('key', 32), ...sentinelMacs('another', 32)]
  expect(new Set(many).size).toBe(64)
  for (const mac of many) expect(mac).toMatch(/^52:54:00(:(?!00|ff|01|20)[0-9a-f]{2}){3}$/)
})

test('every address is found with its slot, in order', () => {
  const data = Buffer.concat([Buffer.alloc(3), second, first, Buffer.from(macs[0]!), first])
  expect(findPlaces(data, macs, 'ram')).toEqual([
    [3, 1, 'plain'],
    [9, 0, 'plain'],
    [15, 0, 'colons'],
    [32, 0, 'plain'],
  ])
})

test("registers are searched for in devices only: in memory they are the guest's, and plain", () => {
  const data = Buffer.from([first[3]!, 0, first[1]!, first[0]!, 0x80, 0, first[5]!, first[4]!])
  expect(findPlaces(data, macs, 'state')).toEqual([[0, 0, 'registers']])
  expect(findPlaces(data, macs, 'ram')).toEqual([])
})

test('in a large file nothing is lost or found twice where two reads meet', async () => {
  const MIB = 1 << 20
  const file = join(temporary(), 'ram')
  const data = Buffer.alloc(5 * MIB)
  const places = [0, MIB - 6, 2 * MIB - 3, 3 * MIB, 4 * MIB + 20, 5 * MIB - 6]
  for (const at of places) first.copy(data, at)
  writeFileSync(file, data)
  expect(await findPlacesInFile(file, macs)).toEqual(places.map((at) => [at, 0, 'plain']))
})

test('a search that is given up throws', async () => {
  const file = join(temporary({ ram: 'some' }), 'ram')
  await expect(findPlacesInFile(file, macs, AbortSignal.abort())).rejects.toThrow()
})
