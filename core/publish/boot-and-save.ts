import { join } from 'node:path'
import type { MachineSpec } from '../base/model/machine-spec.ts'
import type { Tools } from '../base/process/tools.ts'
import type { Step } from '../contract/plugin/step.ts'
import type { Guest } from '../machine/guest/guest.ts'
import { withOverlays } from '../machine/qemu/overlay.ts'
import type { Qemu } from '../machine/qemu/qemu.ts'
import type { SavableSpec } from '../machine/snapshot/accelerators.ts'
import { sentinelMacs } from '../machine/snapshot/addresses/sentinel.ts'
import { hardwareOf } from '../machine/snapshot/fit.ts'
import { untilQuiet } from '../machine/snapshot/quiet.ts'
import { FILES, type SnapshotRecord } from '../machine/snapshot/record.ts'
import { saveMachine } from '../machine/snapshot/save.ts'
import { startMachine } from '../machine/start.ts'

/** Milliseconds in which a booted guest should come to rest. */
const PATIENCE = 120_000

/** Links down: what IPv6 makes of an address when a link comes up is made after the restore, from the own one. */
const unplug = async ({ qmp }: Qemu, { interfaces }: MachineSpec): Promise<void> => {
  for (let slot = 1; slot <= interfaces; slot++)
    await qmp.execute('set_link', { name: `nic${slot}`, up: false })
}

/** The addresses a Linux guest made up at random, NET_ADDR_RANDOM: a bridge's, which LLDP calls itself by. */
const madeUp = async (guest: Guest, sentinels: readonly string[]): Promise<string[]> => {
  const script = 'for one in /sys/class/net/*; do echo $(cat $one/addr_assign_type $one/address); done'
  const { stdout } = await guest.exec(['sh', '-c', script], { allowFailure: true })
  const found = [...stdout.matchAll(/^1 ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})$/gm)].map(([, mac]) => mac!)
  return [...new Set(found)].filter((mac) => !sentinels.includes(mac))
}

/** Boots a machine whose changes go to disks of the step, and saves it when it has come to rest. */
export const bootAndSave = async (
  step: Step,
  spec: SavableSpec,
  { tools, readable, seed }: { tools: Tools; readable: readonly string[]; seed: string },
): Promise<SnapshotRecord> => {
  const sentinels = sentinelMacs(seed, spec.interfaces + 1)
  const disks = await withOverlays(spec, step.out, tools, readable)
  let qemu: Qemu | undefined
  const machine = await startMachine(disks, {
    tools,
    work: step.work,
    seed,
    readable: [...readable, ...spec.disks.map(({ path }) => path)],
    signal: step.signal,
    changes: 'write',
    // as in a container: the lease that is saved has the way back to clients outside
    outgoing: true,
    macs: sentinels,
    memory: { file: join(step.out, FILES.memory), use: 'save' },
    onConsole: (line) => step.log.line(line),
    begin: (begun) => {
      qemu = begun
      return unplug(begun, spec)
    },
  })
  try {
    const others = spec.cli ? [] : await madeUp(machine.guest, sentinels)
    await machine.disconnect()
    const over = AbortSignal.any([step.signal, AbortSignal.timeout(PATIENCE)])
    const quiet = await untilQuiet({ pid: qemu!.pid, console: machine.console }, over)
    step.signal.throwIfAborted()
    if (!quiet) step.log.info(`the guest did not come to rest in ${PATIENCE / 1000} s and is saved as it is`)
    return await saveMachine({
      name: spec.name,
      qmp: qemu!.qmp,
      directory: step.out,
      hardware: hardwareOf(spec, spec.accelerator),
      sentinels,
      others,
      signal: step.signal,
    })
  } finally {
    await machine.stop()
  }
}
