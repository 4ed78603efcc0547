import type { Readable, Writable } from 'node:stream'
import { execa } from 'execa'
import { errors } from '../errors/catalogue.ts'
import { LineSplitter, lastLines } from '../text/lines.ts'
import { KEPT_WHOLE, Output } from './output.ts'
import { commandBegins } from './watching.ts'

/** How a command is run. */
export interface RunOptions {
  input?: string | Uint8Array | Readable
  /** The whole environment, or what is added to ours with `extendEnv`. */
  env?: Record<string, string>
  extendEnv?: boolean
  cwd?: string
  signal?: AbortSignal | undefined
  /** Called with each line of output, as it comes. */
  onLine?: (line: string) => void
  /** Write standard output to this file instead of keeping it. */
  stdoutFile?: string
  /** Keep only the end of what it prints: for what may print without end, and is read line by line. */
  endOnly?: boolean
  /** Inherit the terminal. */
  interactive?: boolean
  /** Deadline in milliseconds. */
  timeout?: number
  /** Return a failing exit status instead of throwing. */
  allowFailure?: boolean
  /** What messages call the command, where the argument vector is ours and not the user's. */
  title?: string
}

/** What a command gave. */
export interface RunResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs one argument vector. Implementations differ in where: the host, the toolbox, a tree. */
export type Run = (argv: readonly string[], options?: RunOptions) => Promise<RunResult>

/** How a started command ended. */
interface End {
  exitCode?: number | undefined
  signal?: string | undefined
  /** Why it did not start. */
  code?: string | undefined
  timedOut: boolean
  /** Why its output could not be written to the file, which may look like its own failure, or like none. */
  unwritten?: Error
  /** The end of what it wrote to standard error. */
  stderr: string
}

/** A command that was started; settles when it has ended, and never rejects. */
export interface Started extends Promise<End> {
  readonly pid: number | undefined
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  kill(signal?: NodeJS.Signals): boolean
  /** Lets this process end without waiting for the command. */
  unref(): void
}

/** An error of the file that output goes to; the system names none for a write. */
const unwritten = (cause: unknown, path: string): Pick<End, 'unwritten'> => {
  const { syscall } = (cause ?? {}) as NodeJS.ErrnoException
  return syscall === 'write' || syscall === 'open'
    ? { unwritten: Object.assign(cause as Error, { path }) }
    : {}
}

/**
 * Starts a command on the host and leaves it to the caller: a machine, a lock, a server. Of what it prints only the end of
 * standard error is kept, however much it is; whoever wants more listens at once.
 */
export const start = (argv: readonly string[], options: RunOptions = {}): Started => {
  const [file, ...args] = argv
  commandBegins(options.title ?? argv.join(' '))
  const child = execa(file!, args, {
    ...(options.input !== undefined && { input: options.input }),
    ...(options.input === undefined && !options.interactive && { stdin: 'pipe' as const }),
    ...(options.interactive && { stdio: 'inherit' as const }),
    ...(options.env && { env: options.env }),
    extendEnv: options.extendEnv ?? options.env === undefined,
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.timeout && { timeout: options.timeout }),
    // unshare does not pass a gentler signal on; its namespace dies whole
    killSignal: 'SIGKILL' as const,
    reject: false,
    // what execa keeps it also formats for an error, all at once
    buffer: false,
    ...(options.stdoutFile && { stdout: { file: options.stdoutFile } }),
  })
  const complaints = new Output(true)
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk))
  // what nobody reads must not hold it up
  if (!options.stdoutFile) child.stdout?.on('data', () => {})
  const ended = Promise.resolve(child).then((result): End => {
    const { exitCode, signal, timedOut } = result
    return {
      exitCode,
      signal,
      timedOut,
      code: (result as { code?: string }).code,
      ...(options.stdoutFile && unwritten(result.cause, options.stdoutFile)),
      stderr: complaints.toString(),
    }
  })
  return Object.assign(ended, {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    kill: (signal?: NodeJS.Signals) => child.kill(signal),
    unref: () => {
      child.unref()
      for (const stream of child.stdio) (stream as { unref?: () => void } | null)?.unref?.()
    },
  })
}

/**
 * Runs a command on the host to its end.
 * Throws COMMAND_FAILED with the command, its exit status and its last lines; COMMAND_OUTPUT where it prints more than can
 * be kept; INTERRUPTED on abort; the system's error where `stdoutFile` cannot be written.
 */
export const run: Run = async (argv, options = {}) => {
  options.signal?.throwIfAborted()
  const title = options.title ?? argv.join(' ')
  const child = start(argv, options)
  if (options.input === undefined && !options.interactive) child.stdin?.end()
  const { onLine, endOnly = false } = options
  const output = { stdout: new Output(endOnly), stderr: new Output(endOnly) }
  let thrown: { error: unknown } | undefined
  const stopWith = (error: unknown) => {
    thrown ??= { error }
    child.kill()
    // what the command started may live on, and print on
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
  const forward = (line: string) => {
    if (thrown) return
    try {
      onLine?.(line)
    } catch (error) {
      stopWith(error)
    }
  }
  const splitters = (['stdout', 'stderr'] as const).map((name) => {
    const lines = new LineSplitter(forward)
    if (name === 'stdout' && options.stdoutFile) return lines
    child[name]?.on('data', (chunk: Buffer) => {
      if (thrown) return
      if (!output[name].push(chunk)) return stopWith(errors.commandOutput(title, KEPT_WHOLE >> 20))
      if (onLine) lines.push(chunk)
    })
    return lines
  })
  const result = await child
  options.signal?.throwIfAborted()
  for (const lines of splitters) if (!thrown) lines.end()
  if (thrown) throw (thrown as { error: unknown }).error
  const [stdout, stderr] = [output.stdout.toString(), output.stderr.toString()]
  if (result.unwritten) throw result.unwritten
  if (result.exitCode === 0) return { code: 0, stdout, stderr }
  if (result.code === 'ENOENT') throw errors.commandMissing(argv[0]!)
  const status = result.timedOut
    ? `no end within ${Math.round((options.timeout ?? 0) / 1000)} s`
    : result.signal
      ? `signal ${result.signal}`
      : `exit status ${result.exitCode ?? result.code ?? 'unknown'}`
  if (options.allowFailure && result.exitCode !== undefined) return { code: result.exitCode, stdout, stderr }
  throw errors.commandFailed(title, status, lastLines(stdout, stderr))
}
