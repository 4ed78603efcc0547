import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { sha256 } from '../../base/files/digest.ts'
import type { Qmp } from '../qemu/qmp.ts'
import { readPages } from './addresses/pages.ts'
import { findPlaces, findPlacesInFile, type Place } from './addresses/places.ts'
import { isEeprom } from './addresses/relocation.ts'
import { leaveMemoryOut, migrate } from './migrate.ts'
import { digestPages } from './prepare.ts'
import { FILES, type Hardware, type SnapshotRecord } from './record.ts'
import { qemuVersion } from './restore.ts'

/** What is saved, and where. */
export interface SaveParts {
  name: string
  qmp: Qmp
  /** QEMU was started with its memory in there. */
  directory: string
  hardware: Hardware
  /** The addresses of its NICs, in slot order. */
  sentinels: string[]
  /** Those that the guest made up itself. */
  others: string[]
  signal: AbortSignal
}

/** Throws SNAPSHOT_ADDRESS where an address is nowhere: it would stay what it is. */
const checkEach = (
  name: string,
  sentinels: readonly string[],
  places: readonly Place[],
  file: string,
): void => {
  for (const slot of sentinels.keys())
    if (!places.some(([, at]) => at === slot)) throw errors.snapshotAddress(name, slot, file)
}

/**
 * Stops a guest, saves the state of its devices beside its memory, and finds every place of its addresses in both.
 * Throws QMP_FAILED with what QEMU cannot save, and SNAPSHOT_ADDRESS.
 */
export const saveMachine = async (parts: SaveParts): Promise<SnapshotRecord> => {
  const { name, qmp, directory, hardware, sentinels, others, signal } = parts
  const macs = [...sentinels, ...others]
  const files = { memory: join(directory, FILES.memory), state: join(directory, FILES.state) }
  const qemu = await qemuVersion(qmp)
  await leaveMemoryOut(qmp)
  await qmp.execute('stop')
  const saved = new Date().toISOString()
  await migrate(qmp, 'migrate', files.state, signal)
  const state = await readFile(files.state)
  const inState = findPlaces(state, macs, 'state').filter(
    ([at, , form]) => form !== 'eeprom' || isEeprom(state, at),
  )
  const inMemory = await findPlacesInFile(files.memory, macs, signal)
  checkEach(name, sentinels, inState, 'device state')
  checkEach(name, sentinels, inMemory, 'memory')
  return {
    version: 1,
    saved,
    qemu,
    hardware,
    sentinels,
    others,
    memory: {
      bytes: hardware.memory * 1024 * 1024,
      pages: digestPages(await readPages(files.memory, inMemory)),
      places: inMemory,
    },
    state: { bytes: state.length, sha256: sha256(state), places: inState },
  }
}

/** Writes the record beside what it tells of, and gives its digest. */
export const writeRecord = async (directory: string, record: SnapshotRecord): Promise<string> => {
  const text = `${JSON.stringify(record)}\n`
  await writeFile(join(directory, FILES.record), text)
  return sha256(text)
}
