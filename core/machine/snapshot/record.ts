import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../base/errors/error.ts'
import { sha256 } from '../../base/files/digest.ts'
import type { MachineSpec, SavedMachine } from '../../base/model/machine-spec.ts'
import type { Place } from './addresses/places.ts'
import type { Proof } from './proof.ts'

/** The files of a saved machine in its directory; a `disk<n>.qcow2` for each disk is beside them. */
export const FILES = { record: 'snapshot.json', memory: 'ram', state: 'state' } as const

/** What has to be as it was for a saved machine to be loaded. */
export type Hardware = Pick<MachineSpec, 'machine' | 'cpu' | 'cpus' | 'memory' | 'nic' | 'interfaces'> & {
  channel: boolean
  accelerator: 'kvm' | 'tcg'
  /** Empty places for data NICs. */
  spare: number
}

/** Everything that is known of a saved machine. */
export interface SnapshotRecord {
  version: 1
  /** ISO time; the guest's clock stood there. */
  saved: string
  /** Of QEMU, with its package. */
  qemu: string
  hardware: Hardware
  /** The addresses it was saved with, by slot. */
  sentinels: string[]
  /** Addresses that the guest had made up for bridges and the like; in places they come after the slots. */
  others: string[]
  memory: { bytes: number; pages: string; places: Place[] }
  state: { bytes: number; sha256: string; places: Place[] }
  /** How it fared before it was published. */
  proof?: Proof
}

/** Reads the record of a saved machine; gives why it cannot be used, in words, where it is not as it was written. */
export const readRecord = async ({
  directory,
  sha256: digest,
}: Pick<SavedMachine, 'directory' | 'sha256'>): Promise<{ record: SnapshotRecord } | { problem: string }> => {
  const file = join(directory, FILES.record)
  try {
    const text = await readFile(file)
    if (sha256(text) !== digest) return { problem: `${file} is not as it was written` }
    const record = JSON.parse(String(text)) as SnapshotRecord
    return record.version === 1 ? { record } : { problem: `${file} has version ${record.version}` }
  } catch (error) {
    return { problem: `${file} cannot be read: ${messageOf(error)}` }
  }
}
