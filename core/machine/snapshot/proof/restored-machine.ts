import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { MachineSpec } from '../../../base/model/machine-spec.ts'
import type { Tools } from '../../../base/process/tools.ts'
import type { Identity } from '../../channel/identity.ts'
import type { Lesson, Link } from '../../qemu/instance.ts'
import type { RunningMachine } from '../../running.ts'
import { startMachine } from '../../start.ts'
import { prepareState } from '../prepare.ts'
import { FILES, type SnapshotRecord } from '../record.ts'
import { restore } from '../restore.ts'
import { giveIdentity } from './prove-identity.ts'

/** What restoring a machine on this host works with. */
export interface RestoreParts {
  /** Where the saved machine is. */
  directory: string
  tools: Tools
  readable: readonly string[]
  signal: AbortSignal
  seed: string
}

/** What one restored machine is given. */
export interface RestoredOptions {
  macs: readonly string[]
  work: string
  links?: readonly Link[]
  lesson?: Lesson | undefined
  /** Who the guest is told to be, where it has a channel. */
  identity?: Identity | undefined
}

/** Restores one with addresses of its own; the links of its data NICs are up where they are joined to anything. */
export const startRestored = async (
  record: SnapshotRecord,
  spec: MachineSpec,
  { macs, work, links = [], lesson, identity }: RestoredOptions,
  { directory, tools, readable, signal, seed }: RestoreParts,
): Promise<{ machine: RunningMachine; restoredMs: number; readyMs: number }> => {
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
    links,
    // the network that it was saved with, and that a container gives it
    outgoing: true,
    ...(lesson && { lesson }),
    memory: { file: join(directory, FILES.memory), use: 'restore' },
    begin: async (qemu) => {
      const { qmp } = qemu
      await restore(qmp, spec, { qemu: record.qemu, state }, { lesson, signal })
      for (const slot of links.keys()) await qmp.execute('set_link', { name: `nic${slot + 1}`, up: true })
      restoredMs = Math.round(performance.now() - began)
      if (identity) await giveIdentity(spec.name, qemu, identity)
    },
  })
  return { machine, restoredMs, readyMs: Math.round(performance.now() - began) }
}
