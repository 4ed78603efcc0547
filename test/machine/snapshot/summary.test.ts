import { expect, test } from 'vitest'
import type { SnapshotRecord } from '../../../core/machine/snapshot/record.ts'
import { countPlaces, listPlaces } from '../../../core/machine/snapshot/summary.ts'

const [FIRST, SECOND, BRIDGE] = ['52:54:00:00:00:01', '52:54:00:00:00:02', '42:94:13:43:75:34']

const record = {
  sentinels: [FIRST, SECOND],
  others: [BRIDGE],
  memory: {
    places: [
      [10, 1, 'plain'],
      [20, 0, 'plain'],
      [30, 0, 'plain'],
      [40, 0, 'eui64'],
      [50, 2, 'plain'],
    ],
  },
  state: { places: [[5, 0, 'plain']] },
} as unknown as SnapshotRecord

test('places are counted by card and form, in memory and in devices', () => {
  expect(countPlaces(record)).toEqual([
    { slot: 0, address: FIRST, form: 'eui64', memory: 1, state: 0 },
    { slot: 0, address: FIRST, form: 'plain', memory: 2, state: 1 },
    { slot: 1, address: SECOND, form: 'plain', memory: 1, state: 0 },
    { address: BRIDGE, form: 'plain', memory: 1, state: 0 },
  ])
})

test('places are listed as they are', () => {
  const places = listPlaces(record)
  expect(places).toHaveLength(6)
  expect(places[0]).toEqual({ in: 'memory', offset: 10, slot: 1, address: SECOND, form: 'plain' })
  expect(places[4]).toEqual({ in: 'memory', offset: 50, address: BRIDGE, form: 'plain' })
  expect(places[5]).toEqual({ in: 'state', offset: 5, slot: 0, address: FIRST, form: 'plain' })
})
