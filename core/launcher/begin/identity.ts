import { type Identity, newIdentity } from '../../machine/channel/identity.ts'
import type { Outcome } from '../../machine/channel/tell.ts'
import type { Prepared } from '../container/prepare.ts'
import type { Settings } from '../container/settings.ts'
import type { RestoredMachine } from '../report/board.ts'

/** What a machine that has a channel is told when it is restored: what the container asks for, and what is nobody else's. */
export const identityOf = (
  { instance }: Pick<Prepared, 'instance'>,
  { hostname }: Pick<Settings, 'hostname'>,
  interfaces: number,
): Identity => {
  // one that is plugged in later tells its MTU itself
  const mtus = instance.links
    .slice(0, interfaces)
    .flatMap((link, index) =>
      link.kind === 'tap' && link.mtu !== undefined ? [{ slot: index + 1, mtu: link.mtu }] : [],
    )
  return newIdentity({ ...(hostname !== undefined && { hostname }), mtus })
}

/** What `status` calls a name that all containers of an image have. */
export const HOST_NAME = 'host name'

/** Which parts of an identity every guest is told, in the words of `status`. */
const texts = (saved: string) =>
  [
    ['host-keys', 'SSH host keys'],
    ['machine-id', 'machine-id'],
    ['hostname', HOST_NAME],
    ['clock', `the clock, which goes on from ${saved} until the guest sets it`],
    ['random', 'random numbers of the kernel, for a minute'],
  ] as const

/**
 * What a restored guest has in common with every container of its image, and what it lacks. Without an identity that is
 * all that was in its memory and on its disk; its random numbers are then told by its driver for vmgenid, or by nobody.
 */
export const sharedWith = (
  saved: string,
  identity: Identity | undefined,
  outcome: Outcome | undefined,
): Pick<RestoredMachine, 'shared' | 'lacks'> => {
  const failed: readonly string[] | undefined = outcome && 'failed' in outcome ? outcome.failed : undefined
  const shared = texts(saved).filter(([part]) => {
    if (part === 'hostname' && identity?.hostname === undefined) return true
    return failed ? failed.includes(part) : part !== 'random'
  })
  const lacks = (identity?.mtus ?? []).filter(({ slot }) => !failed || failed.includes(`mtu-${slot}`))
  return {
    shared: [...shared.map(([, text]) => text), 'the state of the programs that ran'],
    ...(lacks.length > 0 && { lacks: lacks.map(({ slot, mtu }) => `the MTU ${mtu} of slot ${slot}`) }),
  }
}
