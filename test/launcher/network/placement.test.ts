import { expect, test } from 'vitest'
import type { Link } from '../../../core/launcher/network/link.ts'
import { Placement } from '../../../core/launcher/network/placement.ts'
import { byNames, parseSelector } from '../../../core/launcher/network/selector.ts'

const links = (...names: string[]) => names.map((name, index) => ({ name, index }) as Link)

const placed = (rules: object = {}) => {
  const lines: string[] = []
  return { lines, placement: new Placement(rules, (line) => lines.push(line)) }
}

test('tells the whole order, and where it guessed', () => {
  const { lines, placement } = placed()
  placement.start(links('net2', 'net1', 'eth1'))
  expect(lines).toEqual([
    'net1 is taken for the first, because there is no net0; if it is not, name the first in ANTIDOTE_FIRST_INTERFACE',
    'eth1 is slot 1, net1 is slot 2, net2 is slot 3',
  ])
  expect(placement.highest).toBe(3)
  expect([...placement.located(links('net2'))].map(([slot, { name }]) => [slot, name])).toEqual([[3, 'net2']])
})

test('refuses a start with more than a machine has slots, by name', () => {
  expect(() => placed().placement.start(links('net40'))).toThrow(
    'The interface net40 is that of slot 41, and a machine has at most 32 slots.',
  )
})

test('says once what it does not use, and what would make it', () => {
  const { lines, placement } = placed({ order: byNames(['lan']) })
  placement.start(links('lan', 'net0'))
  expect(lines[0]).toBe('net0 is not used: the machine uses lan')
  const late = placed()
  late.placement.start(links('eth1', 'net0'))
  for (const _ of [1, 2]) late.placement.late(links('eth1', 'net0', 'eth2', 'net5'), 2)
  expect(late.lines.slice(1)).toEqual([
    'eth2 is not used: net0 is slot 2 already; set ANTIDOTE_INTERFACES to have all waited for',
    'net5 came too late to be slot 7: the machine has 2; set ANTIDOTE_INTERFACES to the number to wait for',
  ])
})

test('an order by networks holds for those that come late, and each takes one interface', () => {
  const link = (name: string, ...addresses: string[]) => ({ name, addresses }) as unknown as Link
  const order = ['10.1.0.0/24', '10.2.0.0/24', '10.2.0.0/24'].map((text) => parseSelector(text)!)
  const { lines, placement } = placed({ order })
  const [one, two, three] = [
    link('eth3', '10.1.0.9/24'),
    link('eth2', '10.2.0.9/24'),
    link('eth1', '10.2.0.8/24'),
  ]
  placement.start([two, link('eth5', '192.0.2.1/24')])
  expect(lines).toEqual([
    'eth5 is not used: the machine uses 10.1.0.0/24, 10.2.0.0/24, 10.2.0.0/24',
    'eth2 (10.2.0.9/24) is slot 2',
  ])
  // by now it has no address any more
  const bare = { ...two, addresses: undefined } as unknown as Link
  placement.late([bare, one, three], 3)
  expect([...placement.located([one, bare, three])].map(([slot, { name }]) => [slot, name])).toEqual([
    [1, 'eth3'],
    [2, 'eth2'],
    [3, 'eth1'],
  ])
})
