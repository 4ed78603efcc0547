import type { Readable, Writable } from 'node:stream'
import type { RunOptions, RunResult } from './run.ts'

/** Options of a command that a machine needs on the host's side. */
export interface ToolAccess extends RunOptions {
  /** Directories and files of the host it sees at their own paths. */
  readable?: readonly string[]
  writable?: readonly string[]
  /** Directories and files of the host that it sees elsewhere, read-only, by where. */
  views?: Readonly<Record<string, string>>
  /** The host's network; without it there is none. */
  network?: boolean
}

/** How a started command ended. */
export interface ToolEnd {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  /** All of it. */
  readonly stderr?: unknown
}

/** A command that was left to its caller; settles when it has ended and never rejects. */
export interface StartedTool extends PromiseLike<ToolEnd> {
  readonly pid?: number | undefined
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  kill(signal: NodeJS.Signals): boolean
}

/** Where QEMU and its tools run: the toolbox on a host, directly inside a published container. */
export interface Tools {
  /** Runs a command to its end. */
  run(argv: readonly string[], options?: ToolAccess): Promise<RunResult>
  /** Starts a command and leaves it to the caller. It must die with this process. */
  start(argv: readonly string[], options?: ToolAccess): StartedTool
}
