import { type Disk, linux, type Step, type Unkeyed } from 'antidote'
import { HOSTNAME, USE_DNS, type Wanted, ZTP } from './commands.ts'
import { hardware } from './hardware.ts'
import type { Resolved } from './options.ts'

/** Over SSH, as the user: no zero-touch provisioning, the host name, and what listens after a restore. */
export const settings = (
  disk: Disk,
  step: Step,
  options: Resolved,
  { hostname, release }: Wanted,
): Promise<Unkeyed<Disk>> =>
  step.edit(disk, async (guest) => {
    const run = (script: string, ...words: string[]) =>
      guest.exec(['sh', '-c', script, 'cumulus-vx', ...words], {
        root: true,
        timeout: options.deadline * 1000,
        onLine: (line) => step.log.line(line),
      })
    await run(ZTP)
    await linux.installListener(guest, { cards: hardware(options).cards! })
    await run(HOSTNAME[release.cli], hostname)
    if (release.slowLogin) await run(USE_DNS)
  })

/** Switches the machine off; whether its kernel has virtio ports is known only from the machine itself. */
export const powerOff = async (disk: Disk, step: Step): Promise<Unkeyed<Disk>> => {
  let listens = false
  const off = await step.shutdown(disk, async (machine) => {
    listens = await linux.hasListener(await machine.guest())
  })
  if (!listens)
    step.log.warn(
      'the kernel of the disk has no virtio ports: restored machines share host keys and machine-id',
    )
  return { ...off, machine: { ...off.machine, channel: listens } }
}
