import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../../base/errors/error.ts'
import type { MachineSpec } from '../../../base/model/machine-spec.ts'
import { socketDirectory } from '../../../base/process/socket-directory.ts'
import { type Identity, newIdentity } from '../../channel/identity.ts'
import type { Link } from '../../qemu/instance.ts'
import { macAddress } from '../../qemu/mac-address.ts'
import { startMachine } from '../../start.ts'
import { ownAddresses } from '../prepare.ts'
import type { Finding, Proof, ProvenMachine } from '../proof.ts'
import type { SnapshotRecord } from '../record.ts'
import { checkAddresses, checkNeighbours, type Member, unableToTell } from './guest-checks.ts'
import { checkIdentities } from './prove-identity.ts'
import { type RestoreParts, startRestored } from './restored-machine.ts'

/** What the proof works with. */
export interface ProofParts extends RestoreParts {
  work: string
  say(text: string): void
}

/** The machine as it is restored, with its own disks, and as it boots. */
export interface ProvenSpecs {
  restored: MachineSpec
  booted: MachineSpec
}

/** A machine that runs, and how it came to. */
interface Running {
  member: Member
  /** Who it was told to be. */
  identity?: Identity | undefined
  took: Pick<ProvenMachine, 'began' | 'restoredMs' | 'readyMs'>
}

/** The lines of a segment on which the first hears the others: it listens, so it is started first. */
const segmentOf = (directory: string, names: readonly string[], index: number): Link => ({
  kind: 'segment',
  directory,
  sockets:
    index === 0
      ? names.slice(1).map((name) => ({ name, listen: true }))
      : [{ name: names[index]!, listen: false }],
})

const NAMES = ['one', 'two', 'booted'] as const

/** Starts them one after the other: two restored, one booted from the image's disk. */
const startAll = async (
  record: SnapshotRecord,
  specs: ProvenSpecs,
  sockets: string,
  parts: ProofParts,
  running: Running[],
): Promise<void> => {
  const { work, tools, readable, signal, seed, say } = parts
  for (const [index, name] of NAMES.entries()) {
    const macs = record.sentinels.map((_, slot) => macAddress(`${seed}@${name}`, slot))
    const links = record.hardware.interfaces > 0 ? [segmentOf(sockets, NAMES, index)] : []
    const own = { macs, links, work: join(work, name) }
    if (name === 'booted') {
      const machine = await startMachine(specs.booted, {
        ...own,
        outgoing: true,
        tools,
        seed,
        readable,
        signal,
      })
      running.push({ member: { name, machine }, took: { began: 'booted', readyMs: machine.bootMs } })
      say(`booted beside them, answered after ${machine.bootMs} ms`)
    } else {
      const identity = specs.restored.channel ? newIdentity() : undefined
      const { machine, ...times } = await startRestored(record, specs.restored, { ...own, identity }, parts)
      const member = { name: `restored ${name}`, machine }
      running.push({ member, identity, took: { began: 'restored', ...times } })
      say(`restored in ${times.restoredMs} ms, answered after ${times.readyMs} ms, as ${macs.join(', ')}`)
    }
  }
}

const findingOf = (found: string[] | string): Finding =>
  typeof found === 'string' ? { skipped: found } : { checked: found }

/** Whether those that were told who they are have become it. */
const identitiesOf = async (running: readonly Running[]): Promise<Finding> => {
  const told = running.flatMap(({ member: { machine }, identity }) =>
    identity ? [{ machine, identity }] : [],
  )
  if (told.length === 0) return { skipped: 'the machine has no channel' }
  await checkIdentities(told[0]!.machine.spec.name, told)
  return { checked: ['machine-id', 'SSH host keys', 'random numbers'] }
}

/** Asks all of them the same. What the booted one can tell, the restored ones have to. */
const checkAll = async (record: SnapshotRecord, running: readonly Running[]): Promise<Proof> => {
  const old = [...record.sentinels, ...record.others]
  const members = running.map(({ member }) => member)
  const unable = await unableToTell(members.at(-1)!)
  const machines: ProvenMachine[] = []
  for (const { member, took } of running) {
    const { macs } = member.machine
    const own = took.began === 'restored' ? ownAddresses(record, macs) : macs
    // an appliance that has no shell may tell its addresses all the same
    const mute = member.machine.spec.cli ? undefined : unable
    const addresses = findingOf(mute ?? (await checkAddresses(member, own, old)))
    machines.push({ ...took, macs: [...macs], addresses })
  }
  const alone = record.hardware.interfaces === 0 ? 'the machine has no data interface' : unable
  const neighbours = findingOf(alone ?? (await checkNeighbours(members)))
  return { version: 1, machines, neighbours, identities: await identitiesOf(running) }
}

/**
 * Restores a saved machine twice and boots a third beside them, each with addresses of its own, their first data NICs on
 * one segment. All must answer, show their own addresses, and reach each other. Gives what was seen. Throws
 * SNAPSHOT_UNPROVEN.
 */
export const proveSnapshot = async (
  record: SnapshotRecord,
  specs: ProvenSpecs,
  parts: ProofParts,
): Promise<Proof> => {
  const running: Running[] = []
  const { directory: sockets, remove } = await socketDirectory()
  try {
    await startAll(record, specs, sockets, parts, running)
    return await checkAll(record, running)
  } catch (error) {
    parts.signal.throwIfAborted()
    if (isAntidoteError(error) && error.code === 'SNAPSHOT_UNPROVEN') throw error
    const lines = isAntidoteError(error) ? error.details.lines : undefined
    throw errors.snapshotUnproven(specs.booted.name, messageOf(error).replace(/\.$/, ''), lines)
  } finally {
    await Promise.all(running.map(({ member }) => member.machine.stop()))
    await remove()
    await Promise.all(NAMES.map((name) => rm(join(parts.work, name), { recursive: true, force: true })))
  }
}
