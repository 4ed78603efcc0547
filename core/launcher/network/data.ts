import type { Cleanup } from '../../base/async/cleanup.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { dataLacks, lacksForTaps } from '../privileges/need.ts'
import { discover } from './discover.ts'
import { sortNames } from './family.ts'
import { isData, type Link, listLinks } from './link.ts'
import { MOST_SLOTS, Placement } from './placement.ts'
import { Ripeness } from './ripe.ts'
import type { NetworkParts } from './settings.ts'
import { JoinedSlots } from './slots.ts'
import type { LinkWatch } from './watch.ts'

/** A network that is being opened. */
export type Opening = NetworkParts & { cleanup: Cleanup }

/** The slots with their data interfaces, and what keeps them as the interfaces are. */
export const openSlots = async (
  opening: Opening,
  watch: LinkWatch,
  links: readonly Link[],
  management: Link | undefined,
) => {
  const { tools, settings, owner, say, signal, cleanup } = opening
  const ripeness = new Ripeness()
  const dataOf = (links: readonly Link[]) => links.filter((link) => isData(link, management?.name))
  const list = async () => dataOf(await listLinks(tools))
  const found = await discover({ ...settings, present: dataOf(links), list, watch, ripeness, say, signal })
  const placement = new Placement(settings, say)
  placement.start(found)
  const count = Math.max(settings.slots, placement.highest, settings.interfaces ?? 0)
  if (count > MOST_SLOTS) throw errors.networkSlots(`The machine has ${count} data interfaces`, MOST_SLOTS)
  const ipv6 = links.some(({ addressGeneration }) => addressGeneration !== undefined)
  const parts = { tools, uid: owner.uid, ownMacs: settings.mac === 'interface', ipv6, say }
  const joined = new JoinedSlots(parts, count)
  cleanup.defer(() => joined.close())
  await joined.open(placement.located(found))
  const most = Math.min(MOST_SLOTS, Math.max(count, settings.slots + settings.spare))
  const reconcile = async (links: readonly Link[]): Promise<number | undefined> => {
    const { ripe, next } = ripeness.sort(dataOf(links))
    placement.late(ripe, most)
    const found = placement.located(ripe)
    if (placement.highest > joined.slots.length) await joined.grow(placement.highest, found)
    await joined.follow(found, links)
    return next
  }
  return { slots: joined.slots, reconcile }
}

/** Whether there are data interfaces to join. Throws NETWORK_LACKS if there are and they cannot be joined. */
export const joinsData = async ({ settings, can }: Opening, data: readonly Link[]): Promise<boolean> => {
  if (settings.interfaces === 0) return false
  const lacks = await lacksForTaps(can)
  if (lacks.length === 0) return true
  if (data.length > 0 || settings.interfaces !== undefined) {
    throw dataLacks(
      sortNames(
        data.map(({ name }) => name),
        settings.first,
      ).map(({ name }) => name),
      settings.interfaces ?? 0,
      lacks,
    )
  }
  return false
}
