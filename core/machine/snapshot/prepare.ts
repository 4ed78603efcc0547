import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { sha256 } from '../../base/files/digest.ts'
import { MEMORY } from '../qemu/arguments.ts'
import { macAddress } from '../qemu/mac-address.ts'
import { readPages, relocatePages } from './addresses/pages.ts'
import { relocate } from './addresses/relocation.ts'
import { endOfBlocks, withPages } from './addresses/stream.ts'
import { FILES, type SnapshotRecord } from './record.ts'

/** The addresses that take the place of those it was saved with; what the guest made up gets what comes from the first. */
export const ownAddresses = (
  { others }: Pick<SnapshotRecord, 'others'>,
  macs: readonly string[],
): string[] => [...macs, ...others.map((_, index) => macAddress(`${macs[0]} other`, index))]

/** The digest of the pages that hold addresses, as they were saved. */
export const digestPages = (pages: Awaited<ReturnType<typeof readPages>>): string =>
  sha256(Buffer.concat(pages.map(({ page }) => page.data)))

/**
 * Checks the files of a saved machine and writes its device state to `target` with the instance's own addresses: in
 * the devices, and in the pages of memory that held the old ones, which QEMU loads over what the memory's file holds.
 * The file itself stays as it is, so that its cached pages are shared. Of it, the size and those pages are checked:
 * to read all of it would take longer than the restore. Throws SNAPSHOT_DAMAGED.
 */
export const prepareState = async (
  directory: string,
  record: SnapshotRecord,
  macs: readonly string[],
  target: string,
): Promise<void> => {
  const { memory, state } = record
  const own = ownAddresses(record, macs)
  const files = { memory: join(directory, FILES.memory), state: join(directory, FILES.state) }
  try {
    const bytes = await readFile(files.state)
    if (bytes.length !== state.bytes || sha256(bytes) !== state.sha256)
      throw errors.snapshotDamaged(files.state)
    if ((await stat(files.memory)).size !== memory.bytes) throw errors.snapshotDamaged(files.memory)
    const pages = await readPages(files.memory, memory.places)
    if (digestPages(pages) !== memory.pages) throw errors.snapshotDamaged(files.memory)
    relocate(bytes, 0, state.places, own)
    const end = endOfBlocks(bytes, MEMORY, memory.bytes)
    if (end === undefined) throw errors.snapshotDamaged(files.state)
    await writeFile(target, withPages(bytes, end, MEMORY, relocatePages(pages, own)), { mode: 0o644 })
  } catch (error) {
    if (isAntidoteError(error)) throw error
    throw errors.snapshotUnreadable(directory, messageOf(error))
  }
}
