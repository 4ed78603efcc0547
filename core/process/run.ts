import type { Readable } from 'node:stream'
import { type ExecaError, execa } from 'execa'
import { errors } from '../errors/catalogue.ts'
import { lastLines } from './lines.ts'

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
  /** Keep nothing of standard output; whoever started the command reads it. */
  unbuffered?: boolean
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

/** Starts a command on the host and leaves it to the caller: a machine, a lock, a server. */
export const start = (argv: readonly string[], options: RunOptions = {}) => {
  const [file, ...args] = argv
  return execa(file!, args, {
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
    stripFinalNewline: false,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.unbuffered && { buffer: { stdout: false } }),
    ...(options.stdoutFile && { stdout: { file: options.stdoutFile }, buffer: { stdout: false } }),
  })
}

/**
 * Runs a command on the host to its end.
 * Throws COMMAND_FAILED with the command, its exit status and its last lines; INTERRUPTED on abort.
 */
export const run: Run = async (argv, options = {}) => {
  options.signal?.throwIfAborted()
  const child = start(argv, options)
  if (options.input === undefined && !options.interactive) child.stdin?.end()
  const callback: { threw?: unknown } = {}
  if (options.onLine) {
    const onLine = options.onLine
    const forward = async (stream: 'stdout' | 'stderr') => {
      for await (const line of child.iterable({ from: stream })) {
        try {
          onLine(String(line))
        } catch (error) {
          callback.threw = error
          child.kill()
        }
      }
    }
    // how the command ended is told by itself, below
    await Promise.allSettled([...(options.stdoutFile ? [] : [forward('stdout')]), forward('stderr')])
  }
  const result = await child
  const stdout = typeof result.stdout === 'string' ? result.stdout : ''
  const stderr = typeof result.stderr === 'string' ? result.stderr : ''
  options.signal?.throwIfAborted()
  if ('threw' in callback) throw callback.threw
  if (result.exitCode === 0) return { code: 0, stdout, stderr }
  const failure = result as unknown as ExecaError
  if (failure.code === 'ENOENT') throw errors.commandMissing(argv[0]!)
  const status = failure.timedOut
    ? `no end within ${Math.round((options.timeout ?? 0) / 1000)} s`
    : failure.signal
      ? `signal ${failure.signal}`
      : `exit status ${result.exitCode ?? failure.code ?? 'unknown'}`
  if (options.allowFailure && result.exitCode !== undefined) return { code: result.exitCode, stdout, stderr }
  throw errors.commandFailed(options.title ?? argv.join(' '), status, lastLines(stdout, stderr))
}
