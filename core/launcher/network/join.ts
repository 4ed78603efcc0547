import { hexOf } from './addresses/ipv4.ts'
import type { Command } from './command.ts'
import type { Link } from './link.ts'

/** The highest MTU that the kernel's tun driver takes. */
const TAP_MTU = 65_521

/** A persistent tap that its owner's QEMU opens without privilege. */
export const makeTap = (tap: string, uid: number, mtu: number, ipv6: boolean): Command[] => [
  { argv: ['tuntap', 'add', 'dev', tap, 'mode', 'tap', 'user', String(uid), 'vnet_hdr'], subject: tap },
  {
    // with an address of its own the container would speak on the guest's link
    argv: ['link', 'set', 'dev', tap, ...(ipv6 ? ['addrgenmode', 'none'] : []), 'mtu', String(mtu), 'up'],
    subject: tap,
  },
]

/** The MTU of a tap that is joined with an interface of this one. */
export const tapMtu = (mtu: number): number => Math.min(mtu, TAP_MTU)

export const setMtu = (tap: string, mtu: number): Command => ({
  argv: ['link', 'set', 'dev', tap, 'mtu', String(mtu)],
  subject: tap,
})

export const removeLink = (name: string): Command => ({ argv: ['link', 'del', 'dev', name], subject: name })

/** Makes an interface the guest's: it takes every frame, and the container has no address on it. */
export const claim = ({ name, addressGeneration }: Link): Command[] => [
  {
    argv: [
      ...['link', 'set', 'dev', name, 'promisc', 'on', 'up'],
      ...(addressGeneration ? ['addrgenmode', 'none'] : []),
    ],
    subject: name,
  },
  { argv: ['addr', 'flush', 'dev', name], subject: name },
]

/** Gives an interface back as it was found, but for its addresses, which were of no use on a link of the guest's. */
export const release = ({ name, promiscuous, addressGeneration }: Link): Command => ({
  argv: [
    ...['link', 'set', 'dev', name, 'promisc', promiscuous ? 'on' : 'off'],
    ...(addressGeneration ? ['addrgenmode', addressGeneration] : []),
  ],
  subject: name,
})

const EVERYTHING = ['match', 'u32', '0', '0']

const filter = (from: string, protocol: string, preference: number, rest: readonly string[]): Command => ({
  argv: [
    ...['filter', 'add', 'dev', from, 'ingress', 'protocol', protocol],
    ...['pref', String(preference), 'u32', ...rest],
  ],
  subject: from,
})

/**
 * Sends every frame that comes in from one interface out by another, whatever it is: LLDP and LACP as well, which
 * a bridge keeps. u32 is there where matchall is not.
 */
export const redirect = (from: string, to: string, before: readonly Command[] = []): Command[] => [
  { argv: ['qdisc', 'replace', 'dev', from, 'clsact'], subject: from },
  // those of a launcher that was killed
  { argv: ['filter', 'del', 'dev', from, 'ingress'], subject: from },
  ...before,
  filter(from, 'all', 9, [...EVERYTHING, 'action', 'mirred', 'egress', 'redirect', 'dev', to]),
]

/** Frames that the container keeps of what the guest sends: a filter without an action lets a frame through. */
export const keepForContainer = (tap: string, address: string): Command[] => {
  const through = ['flowid', '1:1']
  return [
    // the target address of an ARP message, RFC 826
    filter(tap, 'arp', 1, ['match', 'u32', hexOf(address), '0xffffffff', 'at', '24', ...through]),
    filter(tap, 'ip', 2, ['match', 'ip', 'dst', `${address}/32`, ...through]),
    filter(tap, 'ip', 3, [
      'match',
      'ip',
      'protocol',
      '17',
      '0xff',
      'match',
      'ip',
      'dport',
      '67',
      '0xffff',
      ...through,
    ]),
  ]
}

/** Takes all filters from an interface. */
export const part = (name: string): Command => ({
  argv: ['qdisc', 'del', 'dev', name, 'clsact'],
  subject: name,
})
