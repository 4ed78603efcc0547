import type { Disk } from '../../base/model/artifact.ts'
import type { FileRef } from '../../base/model/file-ref.ts'
import type { Logger } from '../../base/model/logger.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'

/** The machines in which the steps of a build work. */
export interface BuildMachines {
  /** The machine of a disk, as far as the disk tells. */
  spec(disk: Disk): MachineSpec
  /** Who logs in where the disk does not tell. */
  login(): Promise<MachineSpec['login']>
}

/** What the machines of one step are made with. */
export interface MachineWorld extends BuildMachines {
  /** The step's key. */
  key: string
  /** Files put here become part of the step's result. */
  out: string
  work: string
  tools: Tools
  log: Logger
  signal: AbortSignal
  path(ref: FileRef): string
  /** Called whatever becomes of the step. */
  defer(clean: () => Promise<void>): void
}
