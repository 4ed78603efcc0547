import { errors } from '../../base/errors/catalogue.ts'
import type { Guest } from '../guest/guest.ts'
import { shownAddress } from './network.ts'
import { runTask } from './script.ts'

/** Seconds that something in a guest may take. */
const DEADLINE = 60

/** Waits until something in the guest listens on a TCP port, for 60 seconds if not told otherwise. Throws TASK_FAILED. */
export const waitForPort = async (
  guest: Guest,
  port: number,
  { deadline = DEADLINE }: { deadline?: number } = {},
): Promise<void> => {
  if (!(Number.isInteger(port) && port > 0 && port < 65536)) throw errors.taskArgument('port', String(port))
  await runTask(guest, 'port', [String(port), String(Math.ceil(deadline))])
}

/**
 * Waits until the guest has a route to exactly this prefix, or `default`; through `gateway` if one is named. For 60
 * seconds if not told otherwise. Throws TASK_ARGUMENT and TASK_FAILED.
 */
export const waitForRoute = async (
  guest: Guest,
  destination: string,
  { deadline = DEADLINE, gateway }: { deadline?: number; gateway?: string } = {},
): Promise<void> => {
  const shown = destination === 'default' ? destination : shownAddress(destination)
  if (shown === undefined) throw errors.taskArgument('destination', destination)
  await runTask(guest, 'route', [shown, String(Math.ceil(deadline)), ...(gateway ? [gateway] : [])])
}
