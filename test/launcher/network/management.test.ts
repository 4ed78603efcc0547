import { expect, test } from 'vitest'
import { parseAddresses } from '../../../core/launcher/network/addresses/addresses.ts'
import { highestFree, inSubnet, maskOf } from '../../../core/launcher/network/addresses/ipv4.ts'
import { makeLease, parseResolvers } from '../../../core/launcher/network/addresses/lease.ts'
import type { Link } from '../../../core/launcher/network/link.ts'
import { findManagement } from '../../../core/launcher/network/management.ts'
import {
  isRecord,
  readRecord,
  recordedAddresses,
  writeRecord,
} from '../../../core/launcher/network/record.ts'
import { parseSelector } from '../../../core/launcher/network/selector.ts'

// as iproute2 prints them
const ADDRESSES = JSON.stringify([
  {},
  {
    ifname: 'eth0',
    addr_info: [
      {
        family: 'inet',
        local: '10.88.0.5',
        prefixlen: 16,
        broadcast: '10.88.255.255',
        scope: 'global',
        label: 'eth0',
      },
    ],
  },
])
const ROUTES = JSON.stringify([
  { dst: 'default', gateway: '10.88.0.1', protocol: 'static', metric: 100, flags: [] },
  { dst: '10.88.0.0/16', protocol: 'kernel', scope: 'link', prefsrc: '10.88.0.5', flags: [] },
])
const CALICO_LIKE = JSON.stringify([
  { dst: 'default', gateway: '169.254.1.1', flags: [] },
  { dst: '169.254.1.1', scope: 'link', flags: [] },
])

test('what an interface has goes into its alias and comes back as commands, gateways first', () => {
  const own = parseAddresses(ADDRESSES, ROUTES)
  expect(own).toEqual({
    addresses: [{ address: '10.88.0.5', prefix: 16, broadcast: '10.88.255.255' }],
    routes: ['default via 10.88.0.1 proto static metric 100'],
    gateway: '10.88.0.1',
  })
  const record = writeRecord('eth0', own)
  expect(record).toBe(
    'antidote;a 10.88.0.5/16 brd 10.88.255.255;r default via 10.88.0.1 proto static metric 100',
  )
  expect(isRecord(record)).toBe(true)
  expect(recordedAddresses(record)).toEqual(['10.88.0.5/16'])
  expect(recordedAddresses('a 10.88.0.5/16')).toEqual([])
  expect(readRecord('eth0', record).map(({ argv }) => argv.join(' '))).toEqual([
    'addr replace 10.88.0.5/16 brd 10.88.255.255 dev eth0',
    'route replace default via 10.88.0.1 proto static metric 100 dev eth0',
  ])
  expect(parseAddresses('[]', CALICO_LIKE).routes).toEqual([
    '169.254.1.1 scope link',
    'default via 169.254.1.1',
  ])
})

test('an alias of somebody else is no record, and a record is not more than addresses and routes', () => {
  expect(isRecord(undefined)).toBe(false)
  expect(isRecord('antidotes are here')).toBe(false)
  expect(readRecord('eth0', 'antidote;x 1;a 1.2.3.4/8 "dev" lo;r default\n')).toEqual([])
})

test('more than an alias holds is an error', () => {
  const own = parseAddresses(ADDRESSES, ROUTES)
  const many = { ...own, routes: Array.from({ length: 12 }, (_, at) => `10.${at}.0.0/16 via 10.88.0.1`) }
  expect(() => writeRecord('eth0', many)).toThrow(
    'eth0 has more addresses and routes than can be kept in its alias',
  )
})

const rest = { mac: '52:54:00:12:34:56', mtu: 1500, resolvers: [] }

test.each([
  ['10.88.0.5', 16, '10.88.0.1', 16, '10.88.255.254', false],
  ['192.0.2.254', 24, '192.0.2.253', 24, '192.0.2.252', false],
  ['192.0.2.2', 29, '192.0.2.1', 29, '192.0.2.6', false],
  ['192.0.2.2', 30, '192.0.2.1', 24, '192.0.2.254', false],
  ['192.0.2.7', 32, '169.254.1.1', 24, '192.0.2.254', true],
  ['172.16.0.9', 12, undefined, 12, '172.31.255.254', false],
])(
  '%s/%d by %s is /%d for the guest, and the container is %s',
  (address, prefix, gateway, guest, server, outside) => {
    const own = { addresses: [{ address, prefix }], routes: [], ...(gateway && { gateway }) }
    expect(makeLease('eth0', own, rest)).toMatchObject({
      address,
      prefix: guest,
      server,
      gatewayOutside: outside,
    })
  },
)

test('an interface without an address has none to give', () => {
  expect(() => makeLease('eth0', { addresses: [], routes: [] }, rest)).toThrow(
    "The guest cannot be given the container's own address: eth0 has no IPv4 address.",
  )
})

test('resolvers inside the container are of no use to the guest', () => {
  expect(
    parseResolvers(
      '# by an engine\nsearch lab\nnameserver 127.0.0.11\nnameserver 10.88.0.1\nnameserver fe80::1\n',
    ),
  ).toEqual(['10.88.0.1'])
})

test('IPv4 arithmetic', () => {
  expect([0, 8, 20, 32].map(maskOf)).toEqual(['0.0.0.0', '255.0.0.0', '255.255.240.0', '255.255.255.255'])
  expect(inSubnet('255.255.255.1', '255.255.255.254', 24)).toBe(true)
  expect(inSubnet('10.0.1.1', '10.0.0.1', 24)).toBe(false)
  expect(highestFree('203.0.113.9', 24, ['203.0.113.254', '203.0.113.253'])).toBe('203.0.113.252')
})

test('one that is not there is an error with those that are, by their numbers', async () => {
  const links = ['eth10', 'eth2', 'lo', 'eth0'].map(
    (name, at) => ({ name, mac: `02:00:00:00:00:0${at}`, loopback: name === 'lo' }) as Link,
  )
  const unused = () => {
    throw new Error('nothing is run')
  }
  const tools = { run: unused, start: unused }
  await expect(findManagement(tools, links, parseSelector('192.0.2.0/24'))).rejects.toMatchObject({
    code: 'NETWORK_INTERFACE',
    details: {
      hint: 'The container has eth0 with 02:00:00:00:00:03; eth2 with 02:00:00:00:00:01; eth10 with 02:00:00:00:00:00.',
    },
  })
})
