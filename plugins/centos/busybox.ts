import { join } from 'node:path'
import type { Guest, Step } from 'antidote'

/** Puts BusyBox, which no release has in its own repositories, from the toolbox into a tree: our scripts run in it. */
export const installBusybox = async (step: Step, guest: Guest): Promise<void> => {
  const at = join(step.work, 'busybox')
  await step.run(['cp', '/bin/busybox', at])
  await guest.upload(at, '/usr/bin/busybox', { mode: 0o755 })
}
