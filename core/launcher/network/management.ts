import { Cleanup } from '../../base/async/cleanup.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import type { Tools } from '../../base/process/tools.ts'
import { type Addresses, readAddresses } from './addresses/addresses.ts'
import { type Lease, makeLease, readResolvers } from './addresses/lease.ts'
import { batch } from './batch.ts'
import type { Command } from './command.ts'
import { openDhcp } from './dhcp/server.ts'
import { keepForContainer, makeTap, part, redirect, removeLink, setMtu, tapMtu } from './join.ts'
import { type Link, MANAGEMENT_TAP } from './link.ts'
import { isRecord, readRecord, writeRecord } from './record.ts'
import { missingFilters, type Refusal, refused } from './refusal.ts'
import { type Selector, shown } from './selector.ts'

/** The guest's first NIC, with the container's own address. */
export interface Management {
  readonly tap: string
  readonly mac: string
  readonly mtu: number
  /** The guest's. */
  readonly address: string
  /** Carries a change of the interface's MTU. */
  follow(links: readonly Link[]): Promise<void>
  close(): Promise<void>
}

/** What giving the container's address away needs. */
export interface ManagementParts {
  tools: Tools
  link: Link
  uid: number
  say: (line: string) => void
  hostname?: string
}

/**
 * The management interface: the one asked for, one whose address was given away, eth0, the default route's.
 * Throws NETWORK_INTERFACE where the one asked for is not there, or is not one.
 */
export const findManagement = async (
  tools: Tools,
  links: readonly Link[],
  asked: Selector | undefined,
): Promise<Link | undefined> => {
  const named = (name: string | undefined) => links.find((link) => link.name === name)
  if (asked) {
    const [found, ...more] = links.filter((link) => !link.loopback && asked.matches(link))
    if (!found || more.length > 0) throw networkInterface(asked, links, found ? more.length + 1 : 0)
    return found
  }
  const known = links.find(({ alias }) => isRecord(alias)) ?? named('eth0')
  if (known) return known
  const { stdout } = await tools.run(['ip', '-json', 'route', 'show', 'default'], { network: true })
  const [route] = JSON.parse(stdout.trim() || '[]') as { dev?: string }[]
  return named(route?.dev)
}

const networkInterface = ({ text }: Selector, links: readonly Link[], count: number): Error =>
  errors.networkInterface(
    'ANTIDOTE_MANAGEMENT_INTERFACE',
    text,
    count,
    // the kernel lists them as they were made, which is no order to read
    links
      .filter(({ loopback }) => !loopback)
      .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }))
      .map((link) => `${shown(link)} with ${link.mac}`),
  )

const setAlias = async (tools: Tools, name: string, alias: string): Promise<void> => {
  await tools.run(['ip', 'link', 'set', 'dev', name, 'alias', alias], { network: true })
}

const first = (refusals: readonly Refusal[]): void => {
  if (refusals[0]) throw refused(refusals[0])
}

/** Gives an interface the addresses and routes of a record, and the alias that it had. */
const putBack = async (tools: Tools, name: string, record: string, alias = ''): Promise<void> => {
  await batch(tools, 'tc', [part(name)])
  first(await batch(tools, 'ip', readRecord(name, record)))
  await setAlias(tools, name, alias)
}

/** Undoes what a launcher left that was killed; gives whether there was something. Its tap must be gone by then. */
export const recoverManagement = async (tools: Tools, { name, alias }: Link): Promise<boolean> => {
  if (!isRecord(alias)) return false
  await putBack(tools, name, alias!)
  return true
}

/** What takes the interface's addresses away and lets the container reach the guest by the tap. */
const handOver = (name: string, own: Addresses, lease: Lease): Command[] => [
  ...own.addresses.map(({ address, prefix }) => ({
    argv: ['addr', 'del', `${address}/${prefix}`, 'dev', name],
    subject: name,
  })),
  { argv: ['addr', 'add', `${lease.server}/32`, 'dev', MANAGEMENT_TAP], subject: MANAGEMENT_TAP },
  {
    argv: ['route', 'add', `${lease.address}/32`, 'dev', MANAGEMENT_TAP, 'src', lease.server],
    subject: MANAGEMENT_TAP,
  },
]

/**
 * Gives the address, routes and MAC address of the management interface to the guest, which gets them over DHCP.
 * The container itself has no address any more but one towards the guest, the highest free one of the subnet.
 * IPv6 is left to the guest. Throws NETWORK_LACKS, NETWORK_MANAGEMENT and NETWORK_KERNEL, with all as before.
 */
export const openManagement = async (parts: ManagementParts): Promise<Management> => {
  const { tools, link, uid, say, hostname } = parts
  const { name, mac, alias, addressGeneration } = link
  const cleanup = new Cleanup()
  let mtu = tapMtu(link.mtu)
  const close = async () => {
    for (const failure of await cleanup.run()) say(messageOf(failure))
  }
  try {
    const dhcp = await openDhcp(say)
    cleanup.defer(() => dhcp.close())
    const own = await readAddresses(tools, name)
    const resolvers = await readResolvers()
    const lease = makeLease(name, own, { mac, mtu, resolvers, ...(hostname && { hostname }) })
    const record = writeRecord(name, own)
    await setAlias(tools, name, record)
    cleanup.defer(() => putBack(tools, name, record, alias))
    cleanup.defer(async () => {
      await batch(tools, 'ip', [removeLink(MANAGEMENT_TAP)])
    })
    const tap = makeTap(MANAGEMENT_TAP, uid, mtu, addressGeneration !== undefined)
    first(await batch(tools, 'ip', [...tap, ...handOver(name, own, lease)]))
    const filters = [
      ...redirect(name, MANAGEMENT_TAP),
      ...redirect(MANAGEMENT_TAP, name, keepForContainer(MANAGEMENT_TAP, lease.server)),
    ]
    first(missingFilters(await batch(tools, 'tc', filters)))
    await dhcp.serve(lease)
    say(
      `the guest has ${lease.address}/${lease.prefix} of ${name}; the container reaches it from ${lease.server}`,
    )
    return {
      tap: MANAGEMENT_TAP,
      mac,
      address: lease.address,
      get mtu() {
        return mtu
      },
      follow: async (links) => {
        const now = links.find(({ index }) => index === link.index)
        if (!now || tapMtu(now.mtu) === mtu) return
        mtu = tapMtu(now.mtu)
        first(await batch(tools, 'ip', [setMtu(MANAGEMENT_TAP, mtu)]))
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
