import { describe, expect, test } from 'vitest'
import { sortNames, splitName } from '../../../core/launcher/network/family.ts'
import { type SlotRules, SlotTable } from '../../../core/launcher/network/slot-table.ts'

const numbered = (prefix: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `${prefix}${from + at}`)

/** The names by slot, an empty text for a slot without one. */
const place = (names: string[], rules: SlotRules = {}, most = 32): string[] => {
  const table = new SlotTable(rules)
  table.place(names, most)
  const slots: string[] = []
  for (const [name, slot] of table.entries) slots[slot - 1] = name
  return Array.from(slots, (name) => name ?? '')
}

test.each([
  ['net10', 'net', 10],
  ['eth1.100', 'eth1.', 100],
  ['enp3s0f1', 'enp3s0f', 1],
  ['eth1a', 'eth#a', 1],
  ['lan', 'lan', undefined],
])('%s is number %3$s of the family %s', (name, family, number) => {
  expect(splitName(name)).toEqual({ name, family, ...(number !== undefined && { number }) })
})

test('names are sorted as numbers, families by name, those without a number last', () => {
  const names = ['uplink', 'net10', 'lan', 'net2', 'eth3', 'eth12', 'net1']
  const sorted = (first?: string) => sortNames(names, first).map(({ name }) => name)
  expect(sorted()).toEqual(['eth3', 'eth12', 'net1', 'net2', 'net10', 'lan', 'uplink'])
  expect(sorted('net1')).toEqual(['net1', 'net2', 'net10', 'eth3', 'eth12', 'lan', 'uplink'])
})

describe('at the start', () => {
  test.each<[string, string[], SlotRules, string[]]>([
    ['nothing', [], {}, []],
    ['net from 0', ['net1', 'net0', 'net2'], {}, ['net0', 'net1', 'net2']],
    ['net from 1', ['net2', 'net1'], {}, ['net1', 'net2']],
    ['net3 is slot 4', ['net0', 'net1', 'net3'], {}, ['net0', 'net1', '', 'net3']],
    ['net3 alone is slot 4', ['net3'], {}, ['', '', '', 'net3']],
    ['a gap in net from 1', ['net1', 'net3'], {}, ['net1', '', 'net3']],
    ['ten and more', numbered('net', 0, 11).reverse(), {}, numbered('net', 0, 11)],
    ['thirty-two', numbered('eth', 1, 32).reverse(), {}, numbered('eth', 1, 32)],
    ['eth from 1', ['eth2', 'eth1'], {}, ['eth1', 'eth2']],
    ['eth2 alone is slot 2', ['eth2'], {}, ['', 'eth2']],
    ['eth0 where it is not for management', ['eth1', 'eth0'], {}, ['eth0', 'eth1']],
    ['another family from 0', ['ens1', 'ens0'], {}, ['ens0', 'ens1']],
    ['another family from 1', ['ens3', 'ens4'], {}, ['', '', 'ens3', 'ens4']],
    ['names without a number', ['wan', 'lan'], {}, ['lan', 'wan']],
    ['families in a row', ['net1', 'net0', 'eth2', 'lan'], {}, ['', 'eth2', 'net0', 'net1', 'lan']],
    ['the first one named', ['ens4', 'ens5'], { first: 'ens4' }, ['ens4', 'ens5']],
    ['net1 named the second', ['net1', 'net2'], { first: 'net0' }, ['', 'net1', 'net2']],
    ['a first one of the later family', ['eth1', 'net1'], { first: 'net1' }, ['net1', 'eth1']],
    ['names of the image', ['lan', 'net5'], { names: ['net5', 'dmz', 'lan'] }, ['net5', '', 'lan']],
  ])('%s', (_, names, rules, slots) => {
    expect(place(names, rules)).toEqual(slots)
  })

  test('says that it guessed only where it did', () => {
    const guessed = (names: string[], rules = {}) => new SlotTable(rules).place(names, 32).guessed
    expect(guessed(['net1', 'net2'])).toEqual(['net'])
    expect(guessed(['net0', 'net1'])).toEqual([])
    expect(guessed(['net3'])).toEqual([])
    expect(guessed(['net1'], { first: 'net1' })).toEqual([])
    expect(guessed(['eth1'])).toEqual([])
  })

  test('tells who got no slot and why', () => {
    const misfits = (names: string[], rules: SlotRules = {}) => new SlotTable(rules).place(names, 4).misfits
    expect(misfits(['net4'])).toEqual([{ name: 'net4', slot: 5, reason: 'beyond' }])
    expect(misfits(['ens1'], { first: 'ens3' })).toEqual([{ name: 'ens1', slot: -1, reason: 'before' }])
    expect(misfits(['net1', 'lan'], { names: ['lan'] })).toEqual([{ name: 'net1', reason: 'unnamed' }])
    expect(misfits(['net01', 'net1'])).toEqual([{ name: 'net1', slot: 1, reason: 'taken' }])
  })
})

describe('later', () => {
  test('a name keeps its slot, and others get theirs by the same rule', () => {
    const table = new SlotTable({})
    table.place(['net1', 'net3'], 32)
    expect(table.place(['net3', 'net2', 'net4'], 4).misfits).toEqual([])
    expect(table.entries).toEqual([
      ['net1', 1],
      ['net2', 2],
      ['net3', 3],
      ['net4', 4],
    ])
    expect(table.place(['net0', 'net5'], 4).misfits).toEqual([
      { name: 'net0', slot: 0, reason: 'before' },
      { name: 'net5', slot: 5, reason: 'beyond' },
    ])
    // told once
    expect(table.place(['net0', 'net5'], 4).misfits).toEqual([])
  })

  test('the first interfaces of all may be late', () => {
    const table = new SlotTable({})
    table.place([], 32)
    table.place(['eth2'], 3)
    table.place(['eth1'], 3)
    expect(table.entries).toEqual([
      ['eth1', 1],
      ['eth2', 2],
    ])
  })

  test('no family takes the slots of another', () => {
    const table = new SlotTable({})
    table.place(['eth1', 'net0'], 32)
    expect(table.place(['eth2', 'net1'], 3).misfits).toEqual([{ name: 'eth2', slot: 2, reason: 'taken' }])
    expect(table.entries).toEqual([
      ['eth1', 1],
      ['net0', 2],
      ['net1', 3],
    ])
  })
})
