import { expect, test } from 'vitest'
import { isData, isOwnTap, keepsMac, parseLinks } from '../../../core/launcher/network/link.ts'
import { parseRefusals, refused } from '../../../core/launcher/network/refusal.ts'

// as iproute2 6.1 and 6.15 print it, shortened
const SAMPLE = JSON.stringify([
  {
    ifindex: 1,
    ifname: 'lo',
    flags: ['LOOPBACK', 'UP', 'LOWER_UP'],
    mtu: 65536,
    operstate: 'UNKNOWN',
    link_type: 'loopback',
    address: '00:00:00:00:00:00',
    inet6_addr_gen_mode: 'eui64',
  },
  {},
  {
    ifindex: 2,
    ifname: 'net0',
    flags: ['BROADCAST', 'MULTICAST', 'UP', 'LOWER_UP'],
    mtu: 9000,
    operstate: 'UP',
    link_type: 'ether',
    address: '76:05:c5:16:79:8a',
    link_netnsid: 0,
    linkinfo: { info_kind: 'veth' },
    inet6_addr_gen_mode: 'eui64',
    ifalias: 'to r2',
    addr_info: [
      { family: 'inet', local: '192.0.2.9', prefixlen: 24, scope: 'global' },
      { family: 'inet6', local: 'fe80::7405:c5ff:fe16:798a', prefixlen: 64, scope: 'link' },
    ],
  },
  {
    ifindex: 3,
    ifname: 'net1',
    flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'PROMISC', 'UP'],
    mtu: 1500,
    operstate: 'LOWERLAYERDOWN',
    link_type: 'ether',
    address: '2a:80:e8:f3:78:e2',
    linkinfo: { info_kind: 'macvlan', info_data: { mode: 'bridge' } },
  },
  {
    ifindex: 5,
    ifname: 'antidote-tap1',
    flags: ['BROADCAST', 'MULTICAST'],
    mtu: 1500,
    operstate: 'DOWN',
    link_type: 'ether',
    address: '1e:d8:f9:b5:70:1e',
    linkinfo: { info_kind: 'tun', info_data: { type: 'tap' } },
  },
])

test('reads what ip prints', () => {
  const [lo, net0, net1, tap] = parseLinks(SAMPLE)
  expect(lo).toMatchObject({ name: 'lo', loopback: true, ethernet: false })
  expect(net0).toEqual({
    name: 'net0',
    index: 2,
    mac: '76:05:c5:16:79:8a',
    mtu: 9000,
    kind: 'veth',
    on: true,
    carrier: true,
    ethernet: true,
    loopback: false,
    promiscuous: false,
    member: false,
    addressGeneration: 'eui64',
    alias: 'to r2',
    addresses: ['192.0.2.9/24'],
  })
  expect(net1).toMatchObject({ on: true, carrier: false, promiscuous: true })
  expect(keepsMac(net1!)).toBe(true)
  expect(tap).toMatchObject({ on: false, carrier: false })
  expect(isOwnTap(tap!)).toBe(true)
  expect(parseLinks('')).toEqual([])
})

test.each([
  ['net0', {}, true],
  ['eth1', { kind: 'macvlan' }, true],
  ['ens5f0v3', {}, true],
  ['dummy7', { kind: 'dummy' }, true],
  ['eth0', {}, false],
  ['lo', { loopback: true, ethernet: false }, false],
  ['antidote-tap3', { kind: 'tun' }, false],
  ['gretap0', { kind: 'gretap' }, false],
  ['erspan0', {}, false],
  ['ifb1', { kind: 'ifb' }, false],
  ['sit0', { ethernet: false }, false],
  ['br0', { kind: 'bridge' }, false],
  ['port1', { member: true }, false],
  ['net#1', {}, false],
])('%s with %j leads to the lab: %s', (name, differences, expected) => {
  const [, net0] = parseLinks(SAMPLE)
  expect(isData({ ...net0!, name, ...differences }, 'eth0')).toBe(expected)
})

test('names the interface and the reason of each refused line', () => {
  const commands = ['net0', 'net0', 'net1', 'net1'].map((subject, at) => ({
    argv: at % 2 ? ['filter', 'add', 'dev', subject] : ['qdisc', 'replace', 'dev', subject],
    subject,
  }))
  const stderr =
    'Error: Specified qdisc kind is unknown.\nCommand failed -:1\n' +
    'Error: TC classifier not found.\nWe have an error talking to the kernel\nCommand failed -:2\n' +
    'Cannot find device "net1"\nCommand failed -:4\n'
  const refusals = parseRefusals(stderr, commands)
  expect(refusals.map(({ command, reason }) => [command.subject, command.argv[0], reason])).toEqual([
    ['net0', 'qdisc', 'Specified qdisc kind is unknown'],
    ['net0', 'filter', 'TC classifier not found'],
    ['net1', 'filter', 'Cannot find device "net1"'],
  ])
})

test.each([
  [
    'qdisc',
    'Specified qdisc kind is unknown',
    "The host's kernel does not offer sch_ingress, which joins net0 to the guest.",
  ],
  [
    'filter',
    'TC classifier not found',
    "The host's kernel does not offer cls_u32, which joins net0 to the guest.",
  ],
  [
    'filter',
    'Failed to load TC action module',
    "The host's kernel does not offer act_mirred, which joins net0 to the guest.",
  ],
  [
    'link',
    'Operation not permitted',
    'The interface net0 cannot be joined to the guest: Operation not permitted.',
  ],
])('a refused %s because of "%s" is told in one sentence', (word, reason, message) => {
  expect(refused({ command: { argv: [word], subject: 'net0' }, reason }).message).toBe(message)
})
