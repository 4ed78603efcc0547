import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { specialKind } from '../base/files/regular.ts'

/**
 * Refuses what programs of packages can have put into directories that they may write and this process writes too: a link
 * leads its writes to any file of the host, a FIFO has it wait for ever. Throws STEP_STRANGE.
 */
export const refuseStrange = async (directories: readonly string[]): Promise<void> => {
  for (const directory of directories) {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.isFile() || entry.isDirectory()) continue
      throw errors.stepStrange(join(directory, entry.name), specialKind(entry) ?? 'a link')
    }
  }
}
