import { join } from 'node:path'
import type { Checkpoint, Disk } from '../../base/model/artifact.ts'
import { standOn } from './chain.ts'
import type { MachineWorld } from './context.ts'
import { runDisk } from './run.ts'
import type { WorkMachine } from './work-machine.ts'

const DISK = 'disk.qcow2'

/** What the overlays of all machines changed, as one file of the step on the disk from before. */
const flatten = async (world: MachineWorld, disk: Disk, base: number, top: string): Promise<Disk> => {
  const { tools, path, work, out, signal, key } = world
  const [below, above] = [disk.chain.slice(0, base), disk.chain.slice(base)]
  const under = below.at(-1)!
  const access = { readable: [...below, ...above].map(path), writable: [work, out], signal }
  const formats = ['-f', 'qcow2', '-F', 'qcow2']
  await tools.run(['qemu-img', 'rebase', ...formats, '-b', path(under), top], access)
  const result = join(out, DISK)
  const argv = ['qemu-img', 'convert', ...formats, '-O', 'qcow2', '-m', '1', '-B', path(under), top, result]
  await tools.run(argv, access)
  const own = { step: key, path: DISK }
  await standOn(world, own, under)
  const { checkpoint: _, ...rest } = disk
  return { ...rest, chain: [...below, own] }
}

/**
 * Switches off the machine that a disk carries, after `last`, and gives the disk without it: the files
 * from before the machine was started, and one with what has changed since.
 * Throws MACHINE_SHUTDOWN where the guest does not heed its power button.
 */
export const shutdownDisk = async (
  world: MachineWorld,
  disk: Disk,
  { base }: Checkpoint,
  last: (machine: WorkMachine) => Promise<void>,
): Promise<Disk> => {
  const machine = await runDisk(world, disk, join(world.work, 'last'))
  await last(machine)
  world.log.info('switching the machine off')
  await machine.shutdown()
  return flatten(world, disk, base, machine.spec.disks[0]!.path)
}
