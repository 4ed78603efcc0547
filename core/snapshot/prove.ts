import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Identity, newIdentity } from '../channel/identity.ts'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../errors/error.ts'
import { macAddress } from '../machine/address.ts'
import type { RunningMachine } from '../machine/running.ts'
import type { MachineSpec } from '../machine/spec.ts'
import { startMachine } from '../machine/start.ts'
import type { Tools } from '../machine/tools.ts'
import { ownAddresses, prepareState } from './prepare.ts'
import { checkIdentities, giveIdentity, type Identified } from './prove-identity.ts'
import { FILES, type SnapshotRecord } from './record.ts'
import { restore } from './restore.ts'

/** What the proof works with. */
export interface ProofParts {
  /** Where the saved machine is. */
  directory: string
  work: string
  tools: Tools
  readable: readonly string[]
  signal: AbortSignal
  seed: string
  say(text: string): void
}

type Proof = NonNullable<SnapshotRecord['proof']>[number]

/** What a Linux guest calls its NICs' addresses, by two ways: one address a line. */
const ASK = ['ip -o link show', 'cat /sys/class/net/*/address']

/** Restores one with addresses of its own. */
const restoreOne = async (
  record: SnapshotRecord,
  spec: MachineSpec,
  macs: readonly string[],
  work: string,
  { directory, tools, readable, signal, seed }: ProofParts,
  identity: Identity | undefined,
): Promise<{ machine: RunningMachine; proof: Proof }> => {
  await mkdir(work, { recursive: true })
  const state = join(work, 'state')
  let restoredMs = 0
  const began = performance.now()
  await prepareState(directory, record, macs, state)
  const machine = await startMachine(spec, {
    tools,
    work,
    seed,
    readable: [...readable, directory],
    signal,
    macs,
    memory: { file: join(directory, FILES.memory), use: 'restore' },
    begin: async (qemu) => {
      await restore(qemu.qmp, spec, { qemu: record.qemu, state }, { signal })
      restoredMs = Math.round(performance.now() - began)
      if (identity) await giveIdentity(spec.name, qemu, identity)
    },
  })
  return { machine, proof: { restoredMs, readyMs: Math.round(performance.now() - began) } }
}

const check = async (name: string, machine: RunningMachine, record: SnapshotRecord): Promise<void> => {
  const own = ownAddresses(record, machine.macs)
  for (const question of ASK) {
    const { code, stdout, stderr } = await machine.guest.exec(['sh', '-c', question], { allowFailure: true })
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '')
    const said = stdout.toLowerCase()
    if (!own.some((mac) => said.includes(mac)) && code !== 0)
      throw errors.snapshotUnproven(name, `\`${question}\` ended with status ${code} in it`, lines)
    const old = [...record.sentinels, ...record.others].find((mac) => said.includes(mac))
    if (old)
      throw errors.snapshotUnproven(
        name,
        `\`${question}\` still shows ${old}, with which it was saved`,
        lines,
      )
    const missing = own.find((mac) => !said.includes(mac))
    if (missing)
      throw errors.snapshotUnproven(name, `\`${question}\` does not show its address ${missing}`, lines)
  }
}

/**
 * Restores a saved machine twice, side by side, with other addresses each, and asks both guests for theirs over SSH.
 * Gives how long each took. Throws SNAPSHOT_UNPROVEN.
 */
export const proveSnapshot = async (
  record: SnapshotRecord,
  spec: MachineSpec,
  parts: ProofParts,
): Promise<Proof[]> => {
  const running: RunningMachine[] = []
  const identified: Identified[] = []
  const proofs: Proof[] = []
  try {
    for (const name of ['one', 'two']) {
      const macs = record.sentinels.map((_, slot) => macAddress(`${parts.seed}@${name}`, slot))
      const identity = spec.channel ? newIdentity() : undefined
      const { machine, proof } = await restoreOne(record, spec, macs, join(parts.work, name), parts, identity)
      running.push(machine)
      if (identity) identified.push({ machine, identity })
      proofs.push(proof)
      parts.say(
        `restored in ${proof.restoredMs} ms, answered after ${proof.readyMs} ms, as ${macs.join(', ')}`,
      )
    }
    for (const machine of running) await check(spec.name, machine, record)
    await checkIdentities(spec.name, identified)
    return proofs
  } catch (error) {
    parts.signal.throwIfAborted()
    if (isAntidoteError(error) && error.code === 'SNAPSHOT_UNPROVEN') throw error
    const lines = isAntidoteError(error) ? error.details.lines : undefined
    throw errors.snapshotUnproven(spec.name, messageOf(error).replace(/\.$/, ''), lines)
  } finally {
    await Promise.all(running.map((machine) => machine.stop()))
    await Promise.all(
      ['one', 'two'].map((name) => rm(join(parts.work, name), { recursive: true, force: true })),
    )
  }
}
