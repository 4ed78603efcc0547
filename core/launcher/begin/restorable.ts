import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import type { MachineSpec, SavedMachine } from '../../base/model/machine-spec.ts'
import type { Identity } from '../../machine/channel/identity.ts'
import { type Outcome, tellIdentity } from '../../machine/channel/tell.ts'
import type { Instance } from '../../machine/qemu/instance.ts'
import { overlaysOf } from '../../machine/qemu/overlay.ts'
import type { Exit, Qemu } from '../../machine/qemu/qemu.ts'
import { chooseSaved } from '../../machine/snapshot/accelerators.ts'
import { hardwareOf, misfit } from '../../machine/snapshot/fit.ts'
import { prepareState } from '../../machine/snapshot/prepare.ts'
import { FILES, readRecord, type SnapshotRecord } from '../../machine/snapshot/record.ts'
import { restore } from '../../machine/snapshot/restore.ts'
import type { BeginParts } from '../container/prepare.ts'
import { identityOf } from './identity.ts'
import { plugBeyond } from './late-cards.ts'

/** A saved machine that is the one that is wanted. */
export interface Restorable {
  directory: string
  record: SnapshotRecord
  /** What it is told, where it has a channel. */
  identity?: Identity
}

type Start = (spec: MachineSpec, instance: Omit<Instance, 'sockets'>) => Promise<Qemu>

/** What a restored guest could not be given, in words. */
const refusal = ({ prepared, settings }: BeginParts): string | undefined => {
  const { spec } = prepared
  if (settings.persist) return 'changes to the disk are kept (ANTIDOTE_PERSIST)'
  if (settings.qemuArguments.length > 0) return 'QEMU has arguments of its own (ANTIDOTE_QEMU_ARGS)'
  if (settings.hostname && !spec.channel)
    return 'the guest is given a name (ANTIDOTE_HOSTNAME), and keeps the one it was saved with'
  if (spec.management === 'transparent')
    return "the guest gets the container's own address, and was saved with another"
  return undefined
}

/** Which of the NICs that it was saved with would have to be told another MTU, in words. */
const largeLink = ({ spec, instance }: BeginParts['prepared'], interfaces: number): string | undefined => {
  // one with a channel is told
  if (spec.channel || spec.nic !== 'virtio-net-pci') return undefined
  const saved = instance.links.slice(0, interfaces)
  const large = saved.findIndex((link) => link.kind === 'tap' && link.mtu !== undefined)
  if (large < 0) return undefined
  return `the interface in slot ${large + 1} has an MTU that the guest was not told when it was saved`
}

/** The saved machine of those an image has, by its record; or why it is not the one that is wanted. */
export const restorable = async (
  parts: BeginParts,
  all: readonly SavedMachine[],
): Promise<Restorable | string> => {
  const { prepared } = parts
  const { spec, instance } = prepared
  const refused = refusal(parts)
  if (refused) return refused
  const saved = chooseSaved(all, instance.accelerator)
  if (typeof saved === 'string') return saved
  const found = await readRecord(saved)
  if ('problem' in found) return found.problem
  const { record } = found
  const wrong =
    misfit(record.hardware, hardwareOf(spec, instance.accelerator)) ??
    largeLink(prepared, record.hardware.interfaces)
  if (wrong) return wrong
  return {
    directory: saved.directory,
    record,
    ...(spec.channel && { identity: identityOf(prepared, parts.settings, record.hardware.interfaces) }),
  }
}

/** What QEMU said first when it did not take a state: over QMP it only ends, and last it says that it failed. */
const explained = (error: unknown, { lines }: Exit): unknown => {
  const said = lines.find((line) => !line.includes('warning:'))
  if (!said || !isAntidoteError(error) || error.code !== 'QMP_FAILED') return error
  return errors.snapshotRefused(said.replace(/^\S*qemu-system-\w+: /, ''))
}

/**
 * Starts QEMU with the saved machine's memory and disks, loads its devices, lets the guest go on and tells it who it is;
 * `told` is how it took that. The state is checked and given this machine's addresses while QEMU starts, and nothing is
 * loaded before that is done. Leaves nothing behind if it fails.
 */
export const restoreMachine = async (
  { prepared, state: { sockets }, signal }: BeginParts,
  { directory, record, identity }: Restorable,
  start: Start,
): Promise<{ qemu: Qemu; told: Promise<Outcome> }> => {
  const { instance } = prepared
  const { interfaces, spare } = record.hardware
  const spec = { ...overlaysOf(prepared.spec, directory), interfaces, spare }
  const memory = { file: join(directory, FILES.memory), use: 'restore' } as const
  const state = join(sockets, 'state')
  const preparing = Promise.allSettled([
    prepareState(directory, record, instance.macs.slice(0, interfaces + 1), state),
  ])
  try {
    const started = start(spec, { ...instance, links: instance.links.slice(0, interfaces), memory })
    const qemu = await started.catch(async (error) => {
      // a damaged file is told as one, whatever QEMU makes of it
      const [ready] = await preparing
      throw ready.status === 'rejected' ? ready.reason : error
    })
    try {
      const [ready] = await preparing
      if (ready.status === 'rejected') throw ready.reason
      let told: Promise<Outcome> = Promise.resolve({ reason: 'the image has no channel into its guest' })
      const onRun = () => {
        if (identity) told = tellIdentity(qemu, identity).catch((error) => ({ reason: messageOf(error) }))
      }
      const plug = () => plugBeyond(qemu.qmp, prepared, interfaces)
      const options = { lesson: instance.lesson, signal, plug, onRun }
      await restore(qemu.qmp, spec, { qemu: record.qemu, state }, options)
      // one that is joined gets its link from its interface
      for (const [index, { kind }] of instance.links.entries())
        if (kind === 'none') await qemu.qmp.execute('set_link', { name: `nic${index + 1}`, up: true })
      return { qemu, told }
    } catch (error) {
      await qemu.kill()
      signal.throwIfAborted()
      throw explained(error, await qemu.exited)
    }
  } finally {
    await preparing
    await rm(state, { force: true })
  }
}
