import { isIP } from 'node:net'
import { errors } from '../../base/errors/catalogue.ts'
import type { Guest } from '../guest/guest.ts'
import { hasChanged, runTask } from './script.ts'

/** RFC 1123, 2.1. */
export const HOSTNAME =
  /^(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/

/** How Linux takes the name of an interface. */
export const INTERFACE = /^[^\s/:]{1,15}$/

/** An address with its length, as `ip` shows it; undefined where it is none. */
export const shownAddress = (text: string): string | undefined => {
  const [, address = '', length] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const version = isIP(address)
  if (version === 0 || Number(length) > (version === 4 ? 32 : 128)) return undefined
  // the short form of RFC 5952
  const short = version === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
  return `${short}/${Number(length)}`
}

/**
 * Gives the guest a name, now and for its next start. Gives whether it had another.
 * Throws TASK_ARGUMENT and TASK_FAILED.
 */
export const setHostname = async (guest: Guest, name: string): Promise<boolean> => {
  if (!HOSTNAME.test(name)) throw errors.taskArgument('host name', name)
  return hasChanged(await runTask(guest, 'hostname', [name]))
}

/**
 * Gives an interface exactly these addresses, such as `10.0.0.1/24`, until the next start, and switches it on; what a
 * router or a DHCP server gave it stays. Gives whether anything was different. The address over which the guest is
 * reached is not taken away. Throws TASK_ARGUMENT and TASK_FAILED.
 */
export const setAddresses = async (
  guest: Guest,
  name: string,
  addresses: readonly string[],
): Promise<boolean> => {
  if (!INTERFACE.test(name)) throw errors.taskArgument('interface', name)
  const wanted = addresses.map((text) => {
    const shown = shownAddress(text)
    if (shown === undefined) throw errors.taskArgument('address with its length', text)
    return shown
  })
  // sudo does not pass it on
  const { stdout } = await guest.exec(['sh', '-c', 'echo "$SSH_CONNECTION"'], { onLine: () => {} })
  const keep = stdout.trim().split(' ')[2] ?? ''
  return hasChanged(await runTask(guest, 'addresses', [keep, name, ...wanted]))
}
