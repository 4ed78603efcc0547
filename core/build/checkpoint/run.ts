import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import { sha256File } from '../../base/files/digest.ts'
import type { Checkpoint, Disk } from '../../base/model/artifact.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { launchMachine } from '../../machine/launch.ts'
import { withOverlays } from '../../machine/qemu/overlay.ts'
import type { Qemu } from '../../machine/qemu/qemu.ts'
import { restore } from '../../machine/snapshot/restore.ts'
import type { MachineWorld } from './context.ts'
import { buildMacs } from './hardware.ts'
import { WorkMachine } from './work-machine.ts'

/** The machine of a disk as the step works in it. */
const specOf = async (world: MachineWorld, disk: Disk): Promise<MachineSpec> => {
  const spec = world.spec(disk)
  return disk.machine?.login ? spec : { ...spec, login: await world.login() }
}

/** Loads the saved devices and lets the guest go on. Throws CHECKPOINT_REFUSED. */
const goOn = async (
  { path, signal }: MachineWorld,
  spec: MachineSpec,
  checkpoint: Checkpoint,
  qemu: Qemu,
): Promise<void> => {
  const saved = { qemu: checkpoint.qemu, state: path(checkpoint.state) }
  try {
    if ((await sha256File(saved.state)) !== checkpoint.sha256) throw errors.snapshotDamaged(saved.state)
    await restore(qemu.qmp, spec, saved, { signal })
  } catch (error) {
    signal.throwIfAborted()
    await qemu.kill()
    throw errors.checkpointRefused(messageOf(error), (await qemu.exited).lines)
  }
}

/**
 * Runs a machine from a disk: the one that the step before left, or one that is booted. Its changes go to an overlay in
 * `directory`; nothing of what the disk is made of is written to. It is ended when the
 * step is over, unless that was done before.
 */
export const runDisk = async (world: MachineWorld, disk: Disk, directory: string): Promise<WorkMachine> => {
  const { tools, log, signal, path } = world
  const { checkpoint } = disk
  const spec = await specOf(world, disk)
  const chain = disk.chain.map(path)
  await mkdir(directory)
  const overlay = await withOverlays(spec, directory, tools, chain)
  log.info(checkpoint ? 'going on with the machine of the step before' : 'booting a machine from the disk')
  const launched = await launchMachine(overlay, {
    tools,
    work: join(world.work, basename(directory)),
    seed: '',
    macs: buildMacs(spec),
    readable: [...chain, ...(checkpoint ? [path(checkpoint.state)] : [])],
    signal,
    changes: 'write',
    outgoing: true,
    ...(checkpoint && { incoming: true, begin: (qemu) => goOn(world, spec, checkpoint, qemu) }),
  })
  const { name, reason } = launched.accelerator
  log.info(`runs under ${name.toUpperCase()}${reason ? `: ${reason}` : ''}`)
  const machine = new WorkMachine(launched, log, checkpoint !== undefined)
  world.defer(() => machine.end())
  return machine
}
