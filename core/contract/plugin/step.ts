import type { Disk, Tree, Unkeyed } from '../../base/model/artifact.ts'
import type { FileRef } from '../../base/model/file-ref.ts'
import type { Logger } from '../../base/model/logger.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import type { Secret } from '../../base/model/secret.ts'
import type { RunResult } from '../../base/process/run.ts'
import type { Guest } from '../../machine/guest/guest.ts'
import type { KeyedPlace } from '../../machine/host-keys/host-keys.ts'
import type { Dialogue } from '../../machine/serial/dialogue.ts'
import type { FileToFetch } from '../../store/download/download.ts'
import type { ToolboxOptions } from '../../store/toolbox/toolbox.ts'

/** Options of a command that a step runs in the toolbox. It sees the step's own directories anyway. */
export interface ToolOptions extends Omit<ToolboxOptions, 'trees' | 'edits' | 'layers' | 'network'> {
  /** The host's network; with `mounts` or `edits` that of steps. Without it there is none. */
  network?: boolean
  /** Trees to see, read-only, by where. */
  trees?: Readonly<Record<string, Pick<Tree, 'layers'>>>
  /** Trees that are being changed with `edit`, to be changed by the command too: their guests by where. */
  edits?: Readonly<Record<string, Guest>>
  /** A need that is a tool set: its tools are there too. */
  tools?: string
  /** With `mounts`: let it not wait until what it writes is on disk. A result counts only when it is whole anyway. */
  unsynced?: boolean
}

/** A machine that a step works in; its guest may not answer over SSH yet. */
export interface StepMachine {
  readonly spec: MachineSpec
  /** Its serial console. */
  readonly serial: Dialogue
  /** Where a TCP port of the guest is reached on this host, SSH and those that the disk's `machine` names, and its trusted keys. */
  at(port: number): KeyedPlace
  /** The guest, once it answers over SSH. Throws MACHINE_NO_ANSWER at the machine's deadline. */
  guest(): Promise<Guest>
}

/** What the world lends a tap; there is no other door. */
export interface Step {
  /** The directory of the image's config. */
  readonly directory: string
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly log: Logger
  /** Files put here become part of the step's result. */
  readonly out: string
  /** A scratch directory, gone after the step. */
  readonly work: string
  /** Runs a command in the toolbox, in a namespace of its own. */
  run(argv: readonly string[], options?: ToolOptions): Promise<RunResult>
  /** Fetches a file, checks it, keeps it in the store; resumes where it broke off. Gives its path. */
  download(file: FileToFetch): Promise<string>
  /**
   * Changes a tree: gives the same tree with one more layer. Or a disk, over SSH in a machine that runs from it: gives
   * it with one more file, and with the machine as it was left.
   */
  edit<A extends Tree | Disk>(artifact: A, change: (guest: Guest) => Promise<void>): Promise<A>
  /**
   * Works in a machine that runs from the disk: the one it was left with by the step before, or one that is booted.
   * Gives the disk with what was changed as one more file, and with the machine as it was left. `work` is called as
   * soon as the machine runs.
   */
  boot(disk: Disk, work: (machine: StepMachine) => Promise<void>): Promise<Unkeyed<Disk>>
  /**
   * Switches off the machine that a disk was left with, after `last`, and gives the disk without it: what it was before
   * it was first booted, and one more file with all changes. A disk without a machine stays as it is.
   * Throws MACHINE_SHUTDOWN.
   */
  shutdown(disk: Disk, last?: (machine: StepMachine) => Promise<void>): Promise<Unkeyed<Disk>>
  /** Works in a tree and throws the changes away: to compile something, or to look. */
  visit<T>(tree: Tree, work: (guest: Guest) => Promise<T>): Promise<T>
  /** Opens a shell for the person where the step last worked, tree or machine. Gives its exit status, if there is one. */
  shell(): Promise<number | undefined>
  /** The directory of something the tap said it needs. */
  need(name: string): string
  /** The absolute path of a store file. */
  path(ref: FileRef): string
  /** A reference to a file in `out`, or in something the tap needs. */
  ref(path: string, need?: string): FileRef
  /** Keeps a value out of every log line of this step. */
  mask(value: string | Secret): void
  /** Adds clean-up, run in reverse order, whatever happens. */
  defer(clean: () => void | Promise<void>): void
}
