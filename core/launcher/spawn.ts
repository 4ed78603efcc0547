import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { errors } from '../base/errors/catalogue.ts'
import type { StartedTool, ToolAccess, ToolEnd, Tools } from '../base/process/tools.ts'

/** Bytes of each output that are kept; a tool of ours prints less. */
const KEPT = 1024 * 1024

const environment = ({ env, extendEnv }: ToolAccess): NodeJS.ProcessEnv => {
  if (!env) return process.env
  return extendEnv ? { ...process.env, ...env } : env
}

interface End extends ToolEnd {
  stdout: string
  stderr: string
  problem?: NodeJS.ErrnoException
}

const begin = (argv: readonly string[], options: ToolAccess = {}) => {
  const [file, ...args] = argv
  const child = spawn(file!, args, {
    env: environment(options),
    ...(options.cwd && { cwd: options.cwd }),
    ...(options.signal && { signal: options.signal }),
    ...(options.timeout && { timeout: options.timeout }),
    killSignal: 'SIGKILL',
  })
  const kept = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      kept[name] = (kept[name] + text).slice(-KEPT)
    })
  }
  // a command that ends before it has read everything is judged by its status
  child.stdin.on('error', () => child.stdin.destroy())
  if (options.input instanceof Readable) options.input.pipe(child.stdin)
  else if (options.input !== undefined) child.stdin.end(options.input)
  let problem: NodeJS.ErrnoException | undefined
  child.on('error', (error) => {
    problem = error
  })
  const end = new Promise<End>((resolve) => {
    child.once('close', (code, signal) =>
      resolve({
        ...kept,
        exitCode: code !== null && code >= 0 ? code : undefined,
        signal: signal ?? undefined,
        ...(problem && { problem }),
      }),
    )
  })
  return { child, end }
}

const statusOf = ({ exitCode, signal }: ToolEnd): string =>
  signal ? `signal ${signal}` : `exit status ${exitCode ?? 'unknown'}`

const lastLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-15)

/**
 * A container has one file system, so commands run as they are. On Node.js alone: execa would make the launcher's
 * memory a fifth larger, and it runs beside every machine.
 */
export const direct: Tools = {
  run: async (argv, options = {}) => {
    options.signal?.throwIfAborted()
    const { child, end } = begin(argv, options)
    if (options.input === undefined) child.stdin.end()
    const result = await end
    options.signal?.throwIfAborted()
    const { exitCode, stdout, stderr, problem } = result
    if (exitCode === 0 || (options.allowFailure && exitCode !== undefined))
      return { code: exitCode, stdout, stderr }
    if (problem?.code === 'ENOENT') throw errors.commandMissing(argv[0]!)
    throw errors.commandFailed(
      options.title ?? argv.join(' '),
      statusOf(result),
      lastLines(`${stdout}\n${stderr}`),
    )
  },
  start: (argv, options) => {
    const { child, end } = begin(argv, options)
    return Object.assign(end, {
      pid: child.pid,
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      kill: (signal: NodeJS.Signals) => child.kill(signal),
    }) satisfies StartedTool
  },
}
