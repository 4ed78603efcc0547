import { describe, expect, test } from 'vitest'
import { listOf, select, textOf } from '../../../core/machine/netconf/data.ts'

const data = {
  interfaces: {
    interface: [
      { name: 'eth0', enabled: 'true', address: ['10.0.0.1/24', '10.0.0.2/24'] },
      { name: 'ge-0/0/1', enabled: { $: { source: 'x' }, _: ' false ' } },
      { name: "o'clock", mtu: '1500' },
    ],
  },
  system: '',
}

const texts = (path: string) => select(data, path).map(textOf)

describe('select', () => {
  test.each([
    ['interfaces/interface/name', ['eth0', 'ge-0/0/1', "o'clock"]],
    ['/interfaces/interface/name', ['eth0', 'ge-0/0/1', "o'clock"]],
    ["interfaces/interface[name='eth0']/address", ['10.0.0.1/24', '10.0.0.2/24']],
    ['interfaces/interface[name="ge-0/0/1"]/enabled', ['false']],
    ['interfaces/interface[name=ge-0/0/1]/enabled', ['false']],
    [`interfaces/interface[name="o'clock"]/mtu`, ['1500']],
    ["interfaces/interface[name='eth0'][enabled='true']/name", ['eth0']],
    ["interfaces/interface[name='eth0'][enabled='false']/name", []],
    ["interfaces/interface[address='10.0.0.2/24']/name", ['eth0']],
    ["*/*[name='eth0']/enabled", ['true']],
    ["interfaces/interface[enabled='false']/*", ['ge-0/0/1', 'false']],
    ['interfaces/none/name', []],
    ['system', ['']],
    ['system/none', []],
  ])('%s', (path, found) => {
    expect(texts(path)).toEqual(found)
  })

  test.each(['a b', "interfaces/interface[name='eth0'/x", 'if:interfaces', 'a//b', 'a/', '', 'a[b]'])(
    '%j is no path',
    (path) => {
      expect(() => select(data, path)).toThrow(expect.objectContaining({ code: 'NETCONF_PATH' }))
    },
  )
})

test('one, several or none are a list', () => {
  expect(listOf(undefined)).toEqual([])
  expect(listOf('a')).toEqual(['a'])
  expect(listOf(['a', 'b'])).toEqual(['a', 'b'])
})

test('the text of an element is without its attributes', () => {
  expect(textOf({ $: { 'xml:lang': 'en' }, _: ' said\n' })).toBe('said')
  expect(textOf({ a: 'b' })).toBe('')
  expect(textOf(undefined)).toBe('')
})
