import type { RunOptions, RunResult, start } from '../process/run.ts'

/** Options of a command that a machine needs on the host's side. */
export interface ToolAccess extends RunOptions {
  /** Directories and files of the host it sees at their own paths. */
  readable?: readonly string[]
  writable?: readonly string[]
  /** The host's network; without it there is none. */
  network?: boolean
}

/** Where QEMU and its tools run: the toolbox on a host, directly inside a published container. */
export interface Tools {
  /** Runs a command to its end. */
  run(argv: readonly string[], options?: ToolAccess): Promise<RunResult>
  /** Starts a command and leaves it to the caller. It must die with this process. */
  start(argv: readonly string[], options?: ToolAccess): ReturnType<typeof start>
}
