import type { Tools } from '../../base/process/tools.ts'
import { recordedAddresses } from './record.ts'

/** A network interface as the kernel lists it. */
export interface Link {
  name: string
  /** Another interface of the same name has another one. */
  index: number
  mac: string
  mtu: number
  /** What virtual kind it is, such as `veth`; undefined for hardware. */
  kind?: string
  /** Switched on. */
  on: boolean
  /** Switched on, and the other end as well. */
  carrier: boolean
  ethernet: boolean
  loopback: boolean
  promiscuous: boolean
  /** Part of a bridge or bond. */
  member: boolean
  /** How IPv6 addresses are generated; undefined where the kernel has no IPv6. */
  addressGeneration?: string
  alias?: string
  /** Its addresses with their prefixes, those that every interface makes for itself apart; left out where it has none. */
  addresses?: string[]
}

/** What `ip -json -details addr` prints of an interface, as far as it is read here. */
interface Printed {
  ifname?: string
  ifindex: number
  address?: string
  mtu: number
  flags: string[]
  operstate: string
  link_type: string
  master?: string
  linkinfo?: { info_kind?: string }
  inet6_addr_gen_mode?: string
  ifalias?: string
  addr_info?: { local?: string; prefixlen?: number; scope?: string }[]
}

const toLink = (printed: Printed): Link => {
  const has = (flag: string) => printed.flags.includes(flag)
  const kind = printed.linkinfo?.info_kind
  const addresses = [
    ...(printed.addr_info ?? [])
      .filter(({ local, scope }) => local !== undefined && scope !== 'link')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    // those that were given to the guest by a launcher that was killed
    ...recordedAddresses(printed.ifalias),
  ]
  return {
    name: printed.ifname!,
    index: printed.ifindex,
    mac: printed.address ?? '',
    mtu: printed.mtu,
    ...(kind && { kind }),
    on: has('UP'),
    // a device without a notion of carrier is UNKNOWN
    carrier: has('UP') && has('LOWER_UP') && ['UP', 'UNKNOWN'].includes(printed.operstate),
    ethernet: printed.link_type === 'ether',
    loopback: has('LOOPBACK'),
    promiscuous: has('PROMISC'),
    member: printed.master !== undefined,
    ...(printed.inet6_addr_gen_mode && { addressGeneration: printed.inet6_addr_gen_mode }),
    ...(printed.ifalias && { alias: printed.ifalias }),
    ...(addresses.length > 0 && { addresses }),
  }
}

/** The interfaces in the output of `ip -json -details addr`. */
export const parseLinks = (json: string): Link[] =>
  // what a filter left out is an empty object
  (JSON.parse(json || '[]') as Printed[]).filter(({ ifname }) => ifname !== undefined).map(toLink)

/** All interfaces of the container, asked over netlink, so that /sys is not needed. */
export const listLinks = async (tools: Tools): Promise<Link[]> => {
  const { stdout } = await tools.run(['ip', '-json', '-details', 'addr'], { network: true })
  return parseLinks(stdout)
}

/** The name of the tap of a slot: nothing else in a container is called so. */
export const tapName = (slot: number): string => `antidote-tap${slot}`

export const MANAGEMENT_TAP = 'antidote-mgmt'

/** Whether a launcher made it. */
export const isOwnTap = ({ name, kind }: Link): boolean =>
  kind === 'tun' && (name === MANAGEMENT_TAP || /^antidote-tap\d+$/.test(name))

/** Kinds that connect interfaces or wrap packets: nobody gives one of them to a container as its link. */
const OTHER_KINDS = new Set(
  'bridge bond team openvswitch ifb tun macvtap ipvtap gretap ip6gretap erspan ip6erspan vcan nlmon'.split(
    ' ',
  ),
)

/** Interfaces that the kernel makes in every namespace once a module is loaded. */
const FALLBACK = /^(ifb\d+|gretap0|erspan0|ip6gretap0|ip6erspan0|tunl0|sit0|gre0|teql0)$/

/** What `ip -batch` takes as one word; a name has no other characters unless it wants to be trouble. */
const PLAIN = /^[\w.+@-]+$/

/** Whether an interface leads to another machine of the lab. */
export const isData = (link: Link, management: string | undefined): boolean =>
  link.ethernet &&
  !link.loopback &&
  !link.member &&
  link.name !== management &&
  !OTHER_KINDS.has(link.kind ?? '') &&
  !FALLBACK.test(link.name) &&
  PLAIN.test(link.name)

/** Whether only frames for the interface's own MAC address reach it: macvlan sorts by it, ipvlan shares it. */
export const keepsMac = ({ kind }: Link): boolean => kind === 'macvlan' || kind === 'ipvlan'
