import { expect, test } from 'vitest'
import { deviations } from '../../../plugins/vqfx-snapshot/check.ts'

const WANTED = { hostname: 'lab', user: 'antidote' }

const CONFIGURATION = {
  system: {
    'host-name': 'lab',
    login: { user: [{ name: 'other' }, { name: 'antidote', class: 'super-user' }] },
    services: { ssh: '', netconf: { ssh: '', 'rfc-compliant': '' } },
  },
  interfaces: {
    interface: [
      { name: 'em0', unit: { name: '0', family: { inet: { address: { name: '10.0.0.15/24' } } } } },
    ],
  },
  'routing-options': { static: { route: { name: '0.0.0.0/0', 'next-hop': '10.0.0.2' } } },
}

test('a configuration that is as it was committed has no deviation', () => {
  expect(deviations({ configuration: CONFIGURATION }, WANTED)).toEqual([])
})

test('each deviation is named', () => {
  const { system, ...rest } = CONFIGURATION
  const login = {
    user: [
      { name: 'antidote', class: 'read-only' },
      { name: 'other', class: 'super-user' },
    ],
  }
  expect(deviations({ configuration: { system: { ...system, login }, ...rest } }, WANTED)).toEqual([
    'not so: antidote is of the class super-user',
  ])
  const changed = { ...system, 'host-name': 'vqfx-re', services: { ssh: '', netconf: { ssh: '' } } }
  expect(deviations({ configuration: { ...rest, system: changed, interfaces: '' } }, WANTED)).toEqual([
    'not so: the host name is lab',
    'not so: NETCONF is rfc-compliant',
    'not so: em0 has 10.0.0.15/24',
  ])
})

test('an empty answer deviates in everything', () => {
  expect(deviations('', WANTED)).toHaveLength(7)
})
