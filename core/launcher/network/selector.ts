import { BlockList, isIP } from 'node:net'
import type { Link } from './link.ts'

/** What names an interface of the container: its name, its MAC address, an address of it, or a network with one. */
export interface Selector {
  /** As it was given. */
  text: string
  matches(link: Link): boolean
}

const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i

// IFNAMSIZ is 16 with its end
const NAME = /^[^\s/,]{1,15}$/

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/** Whether an address with its prefix, as `ip` prints it, is in a network. */
const inNetwork = (network: BlockList) => (own: string) => {
  const [address = ''] = own.split('/')
  return network.check(address, familyOf(address))
}

/** The network of a text such as 10.1.0.0/24; that of one address where it has no prefix. */
const networkOf = (text: string): BlockList | undefined => {
  const [address = '', digits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return undefined
  const most = version === 6 ? 128 : 32
  const prefix = digits === undefined ? most : /^\d{1,3}$/.test(digits) ? Number(digits) : -1
  if (prefix < 0 || prefix > most) return undefined
  const network = new BlockList()
  network.addSubnet(address, prefix, familyOf(address))
  return network
}

/** Reads what names an interface; undefined where nothing can be called so. */
export const parseSelector = (text: string): Selector | undefined => {
  if (MAC.test(text)) return { text, matches: ({ mac }) => mac.toLowerCase() === text.toLowerCase() }
  const network = networkOf(text)
  if (network) return { text, matches: ({ addresses = [] }) => addresses.some(inNetwork(network)) }
  return NAME.test(text) ? { text, matches: ({ name }) => name === text } : undefined
}

/** What the names of interfaces are, as selectors. */
export const byNames = (names: readonly string[]): Selector[] =>
  names.map((text) => ({ text, matches: ({ name }) => name === text }))

/** An interface with what it is known by, for people: `eth0 (10.1.0.2/24)`. */
export const shown = ({ name, addresses = [] }: Pick<Link, 'name' | 'addresses'>): string =>
  addresses.length > 0 ? `${name} (${addresses.join(', ')})` : name
