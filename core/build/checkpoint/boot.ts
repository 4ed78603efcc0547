import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Disk } from '../../base/model/artifact.ts'
import type { MachineWorld } from './context.ts'
import { runDisk } from './run.ts'
import { saveCheckpoint } from './save.ts'
import type { WorkMachine } from './work-machine.ts'

/** Works in a machine that runs from a disk, and gives the disk with the machine as it was left, in a directory of the step. */
export const bootDisk = async (
  world: MachineWorld,
  disk: Disk,
  name: string,
  work: (machine: WorkMachine) => Promise<void>,
): Promise<Disk> => {
  const directory = join(world.out, name)
  const machine = await runDisk(world, disk, directory)
  await work(machine)
  const result = await saveCheckpoint(world, disk, machine, directory)
  // of several machines of one step, only the last is gone on with
  const { checkpoint } = disk
  if (checkpoint?.state.step === world.key) await rm(world.path(checkpoint.state))
  return result
}
