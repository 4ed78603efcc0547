import type { DiskFormat } from '../../../base/model/disk-format.ts'
import type { RunResult } from '../../../base/process/run.ts'
import type { Step, ToolOptions } from '../../../contract/plugin/step.ts'

/** Where a disk image comes from: a path or a URL. */
export interface DiskSource {
  /** Relative to the image's directory. */
  path?: string
  /** http or https. */
  url?: string
  /** Of the file as it is; a URL needs one. */
  sha256?: string
  /** Of the file behind a URL, in bytes: nothing larger is fetched. */
  size?: number
  /** Recognised by content if left out. */
  format?: DiskFormat
  /** Whether others may be given it; `false` for what a vendor gives only to its own customers. */
  redistributable?: boolean
  /** Further files of an image at a path: the extents of a VMDK descriptor, in the same directory. */
  extents?: readonly string[]
}

/** A file on the way to a disk. */
export interface ImageFile {
  /** Absolute. */
  path: string
  /** What messages call it; its ending says what it should be. */
  name: string
  /** Absolute paths of the files beside it that belong to it. */
  extents: readonly string[]
}

/** What of a step an import needs. */
export interface ImportStep
  extends Pick<Step, 'directory' | 'signal' | 'log' | 'out' | 'work' | 'download' | 'ref'> {
  run(
    argv: readonly string[],
    options?: Omit<ToolOptions, 'trees' | 'edits' | 'unsynced'>,
  ): Promise<RunResult>
}

/** An archive that can be looked into. */
export interface Archive {
  /** The names of its files. Throws DISK_DAMAGED or DISK_REFUSED. */
  list(step: ImportStep, file: ImageFile): Promise<string[]>
  /** Writes some of them below a directory. */
  extract(step: ImportStep, file: ImageFile, names: readonly string[], directory: string): Promise<void>
}
