import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { errors } from '../../base/errors/catalogue.ts'
import type { Capability } from './privileges.ts'

const TUN = '/dev/net/tun'

/**
 * Whether this is the host's own network: settings of the whole host are seen only there. The kernel leaves them out of
 * /proc/sys/net/core in every other network namespace.
 */
export const isHostNetwork = (): boolean => existsSync('/proc/sys/net/core/dev_weight')

/** Something that the container was not given. */
export interface Lack {
  need: 'CAP_NET_ADMIN' | 'CAP_NET_BIND_SERVICE' | typeof TUN
  /** Why it cannot be used, where it is there. */
  reason?: string
}

/** What is missing to make taps. */
export const lacksForTaps = async (can: (capability: Capability) => boolean): Promise<Lack[]> => {
  const lacks: Lack[] = can('CAP_NET_ADMIN') ? [] : [{ need: 'CAP_NET_ADMIN' }]
  try {
    // a list of allowed devices, or a kernel without the driver, shows only when it is opened
    await (await open(TUN, 'r+')).close()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    lacks.push({ need: TUN, ...(code !== 'ENOENT' && { reason: code ?? String(error) }) })
  }
  return lacks
}

const list = (names: readonly string[]): string =>
  names.length < 2 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`

/** The error for data interfaces that cannot be joined; `asked` where they were asked for and none is there. */
export const dataLacks = (names: readonly string[], asked: number, lacks: readonly Lack[]): Error => {
  const many = (names.length || asked) !== 1
  const noun = many ? 'interfaces' : 'interface'
  const subject = names.length > 0 ? `The data ${noun} ${list(names)}` : `${asked} data ${noun}`
  return errors.networkLacks(
    `${subject} need${many ? '' : 's'}`,
    lacks,
    'ANTIDOTE_INTERFACES=0 runs the machine without them.',
  )
}

/** The error for a guest that cannot be given the container's address. */
export const transparentLacks = (lacks: readonly Lack[]): Error =>
  errors.networkLacks(
    "Giving the guest the container's own address needs",
    lacks,
    'ANTIDOTE_MANAGEMENT=forward runs it with forwarded ports.',
  )
