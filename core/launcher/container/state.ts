import { access, constants, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'
import { overlaysOf, withOverlays } from '../../machine/qemu/overlay.ts'

/** The directory of a container for what changes. */
export interface State {
  /** QEMU's changes to the disks go there. */
  directory: string
  /** For QEMU's sockets. */
  sockets: string
  /** For `exec` commands. */
  control: string
}

const LAYOUT = { sockets: 'run', control: 'control.sock' }

/** Makes the state directory where there is none. Throws STATE_UNUSABLE. */
export const openState = async (directory: string): Promise<State> => {
  try {
    await mkdir(directory, { recursive: true })
    await access(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    throw errors.stateUnusable(directory, messageOf(error))
  }
  return {
    directory,
    sockets: join(directory, LAYOUT.sockets),
    control: join(directory, LAYOUT.control),
  }
}

/** Makes the directory for QEMU's sockets anew, without those that a killed container left there. */
export const renewSockets = async ({ sockets }: State): Promise<void> => {
  await rm(sockets, { recursive: true, force: true })
  await mkdir(sockets, { mode: 0o700 })
}

const VARIABLES = 'variables.fd'

/** Where the variables of UEFI are kept together with the disks; undefined for a machine with a BIOS. */
export const keptVariables = ({ firmware }: MachineSpec, { directory }: State): string | undefined =>
  firmware === 'uefi' ? join(directory, VARIABLES) : undefined

/** As QEMU's user, who is to write it. */
const copyVariables = async ({ uefi }: MachineSpec, directory: string, tools: Tools): Promise<void> => {
  if (!uefi) return
  const argv = ['qemu-img', 'convert', '-f', 'raw', '-O', 'raw', uefi.variables, join(directory, VARIABLES)]
  await tools.run(argv, { readable: [uefi.variables], writable: [directory] })
}

/**
 * The spec with disks whose changes are kept in the state directory from one container to the next.
 * Throws STATE_OF_OTHER_IMAGE where the changes there are of another image.
 */
export const persistDisks = async (
  spec: MachineSpec,
  { directory }: State,
  tools: Tools,
): Promise<MachineSpec> => {
  const record = join(directory, 'disks.json')
  const bases = JSON.stringify(spec.disks.map(({ path }) => path))
  const kept = await readFile(record, 'utf8').catch(() => undefined)
  if (kept !== undefined && kept !== bases) throw errors.stateOfOtherImage(directory, spec.name)
  if (kept === undefined) {
    await withOverlays(spec, directory, tools)
    await copyVariables(spec, directory, tools)
    // last, so that what a kill left unfinished is begun anew
    await writeFile(record, bases)
  }
  return overlaysOf(spec, directory)
}
