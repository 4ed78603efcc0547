import { Cleanup } from '../../base/async/cleanup.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import { isHostNetwork, lacksForTaps, transparentLacks } from '../privileges/need.ts'
import { batch } from './batch.ts'
import { joinsData, type Opening, openSlots } from './data.ts'
import { Follower, type Tell } from './follow.ts'
import { removeLink } from './join.ts'
import { isData, isOwnTap, type Link, listLinks } from './link.ts'
import { findManagement, type Management, openManagement, recoverManagement } from './management.ts'
import { shown } from './selector.ts'
import type { NetworkParts } from './settings.ts'
import type { Slot } from './slot.ts'
import { LinkWatch } from './watch.ts'

export type { NetworkParts, NetworkSettings } from './settings.ts'
export type { Slot } from './slot.ts'

/** The container's network as the machine gets it. */
export interface Network {
  /** Every slot in order; none where the machine cannot be joined to anything. Follows what happens. */
  readonly slots: readonly Slot[]
  /** The container's interface for management, and what it had when the launcher came. */
  readonly managed?: { interface: string; addresses: readonly string[] }
  /** In transparent mode, what the guest's first NIC is joined to. */
  readonly management?: Pick<Management, 'tap' | 'mac' | 'mtu' | 'address'>
  /** Tells the state of every slot's link now, and each change of it. */
  follow(link: Tell): void
  /** Removes taps and filters, and gives the container its address back. */
  close(): Promise<void>
}

/** Undoes what a launcher left in its namespace that was killed; gives whether there was something. */
const undoEarlier = async (
  { tools, say }: Opening,
  links: readonly Link[],
  management: Link | undefined,
): Promise<boolean> => {
  const left = links.filter(isOwnTap)
  if (left.length > 0) say(`replacing what an earlier start left: ${left.map(({ name }) => name).join(', ')}`)
  await batch(
    tools,
    'ip',
    left.map(({ name }) => removeLink(name)),
  )
  const recovered = management !== undefined && (await recoverManagement(tools, management))
  return left.length > 0 || recovered
}

const managedOf = ({ name, addresses = [] }: Link): NonNullable<Network['managed']> => ({
  interface: name,
  addresses,
})

const giveAddress = async (opening: Opening, link: Link | undefined): Promise<Management> => {
  const { tools, owner, can, say, hostname } = opening
  const lacks = await lacksForTaps(can)
  if (lacks.length > 0) throw transparentLacks(lacks)
  if (!link) throw errors.networkManagement('there is no management interface')
  return openManagement({ tools, link, uid: owner.uid, say, ...(hostname && { hostname }) })
}

const open = async (opening: Opening): Promise<Omit<Network, 'close'>> => {
  const { tools, settings, can, say, cleanup } = opening
  if (isHostNetwork()) {
    if (settings.transparent || settings.interfaces) throw errors.networkHost()
    say("these are the host's own, so the guest gets none of them")
    return { slots: [], follow: () => {} }
  }
  let links = await listLinks(tools)
  let management = await findManagement(tools, links, settings.management)
  if (can('CAP_NET_ADMIN') && (await undoEarlier(opening, links, management))) {
    links = await listLinks(tools)
    management = links.find(({ name }) => name === management?.name)
  }
  const data = links.filter((link) => isData(link, management?.name))
  const own = management && { managed: managedOf(management) }
  // which one it is matters where there is another
  if (management && data.length > 0) say(`${shown(management)} is for management`)
  const joining = await joinsData(opening, data)
  if (!joining && !settings.transparent) return { slots: [], follow: () => {}, ...own }
  const watch = new LinkWatch(tools, () => say('`ip monitor` ended; interfaces are looked at now and then'))
  cleanup.defer(() => watch.close())
  // what is missing for it is told before any interface is changed
  const given = settings.transparent ? await giveAddress(opening, management) : undefined
  if (given) cleanup.defer(() => given.close())
  const joined = joining ? await openSlots(opening, watch, links, management) : undefined
  const slots = joined?.slots ?? []
  const reconcile = async () => {
    const now = await listLinks(tools)
    await given?.follow(now)
    return joined?.reconcile(now)
  }
  const follower = new Follower({ watch, slots, reconcile, say })
  cleanup.defer(() => follower.stop())
  // what happened since the last look
  watch.poke()
  return { slots, ...own, ...(given && { management: given }), follow: (tell) => follower.follow(tell) }
}

/**
 * Finds the container's interfaces, joins each with a tap, and keeps them joined until it is closed. What fails
 * leaves nothing behind. Throws NETWORK_LACKS, NETWORK_KERNEL, NETWORK_SLOTS, NETWORK_MANAGEMENT, NETWORK_FAILED.
 */
export const openNetwork = async (parts: NetworkParts): Promise<Network> => {
  const cleanup = new Cleanup()
  const close = async () => {
    for (const failure of await cleanup.run()) parts.say(messageOf(failure))
  }
  try {
    return Object.assign(await open({ ...parts, cleanup }), { close })
  } catch (error) {
    await close()
    throw error
  }
}
