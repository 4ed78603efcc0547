import { rename, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { sha256File } from '../../base/files/digest.ts'
import type { Disk } from '../../base/model/artifact.ts'
import { leaveMemoryOut, migrate } from '../../machine/snapshot/migrate.ts'
import { untilQuiet } from '../../machine/snapshot/quiet.ts'
import { qemuVersion } from '../../machine/snapshot/restore.ts'
import { standOn } from './chain.ts'
import type { MachineWorld } from './context.ts'
import { hardwareDigest } from './hardware.ts'
import type { WorkMachine } from './work-machine.ts'

/** A stopped guest's memory and devices. */
const STATE = 'state'

/** Bytes a second, for the file that a state is written to; QEMU's default is for networks. */
const BANDWIDTH = 2 ** 40

/** A guest that is about to write something gets so many milliseconds for it; nothing is lost if it takes longer. */
const PATIENCE = 10_000
const QUIET = { window: 500, share: 0.5 }

/**
 * Stops the machine that runs in `directory`, a part of the step's result, and gives the disk it was started from with
 * what it changed and with its state. Throws QMP_FAILED with what QEMU cannot save.
 */
export const saveCheckpoint = async (
  world: MachineWorld,
  disk: Disk,
  machine: WorkMachine,
  directory: string,
): Promise<Disk> => {
  const { key, log, signal } = world
  const { spec, launched } = machine
  const { qmp, console, pid } = launched.qemu
  await machine.leave()
  await untilQuiet({ pid, console }, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]), QUIET)
  signal.throwIfAborted()
  const state = join(directory, STATE)
  const qemu = await qemuVersion(qmp)
  await leaveMemoryOut(qmp)
  await qmp.execute('migrate-set-parameters', { 'max-bandwidth': BANDWIDTH })
  await qmp.execute('stop')
  // of the result, QEMU sees nothing but its disk
  const written = join(launched.options.work, STATE)
  await migrate(qmp, 'migrate', written, signal)
  await machine.end()
  await rename(written, state)
  const { size } = await stat(state)
  log.info(`the machine is kept as it was left, in ${Math.round(size / 1024 / 1024)} MiB`)
  const ref = (path: string) => ({ step: key, path: `${basename(directory)}/${path}` })
  const overlay = ref(basename(spec.disks[0]!.path))
  await standOn(world, overlay, disk.chain.at(-1)!)
  const { name: accelerator } = launched.accelerator
  return {
    ...disk,
    chain: [...disk.chain, overlay],
    checkpoint: {
      state: ref(STATE),
      sha256: await sha256File(state),
      accelerator,
      qemu,
      hardware: hardwareDigest(spec, accelerator),
      base: disk.checkpoint?.base ?? disk.chain.length,
    },
  }
}
