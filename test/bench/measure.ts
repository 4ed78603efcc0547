import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../dist/core/cli/bin.js', import.meta.url))

/** One measured claim: the figure, its limit, and what it was measured against. */
export interface Row {
  what: string
  value: string
  limit: string
  /** The limit is the least, not the most. */
  least?: boolean
  ok: boolean
}

interface Options {
  env?: NodeJS.ProcessEnv
  cwd?: string
}

/** Runs a command to its end and gives what it printed; that goes with the error if it fails. */
export const output = (argv: readonly string[], options: Options = {}): string => {
  const { status, stdout, stderr } = spawnSync(argv[0]!, argv.slice(1), {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    ...options,
  })
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}\n${stdout}\n${stderr}`)
  return stdout
}

/** Runs a command to its end and gives its seconds. */
export const seconds = (argv: readonly string[], options: Options = {}): number => {
  const began = performance.now()
  output(argv, options)
  return (performance.now() - began) / 1000
}

/** The command line as it is installed. */
export const antidote = (...args: string[]): string[] => [process.execPath, CLI, ...args]

/** What a verb says with --json. */
export const json = <T>(args: string[], env: NodeJS.ProcessEnv): T =>
  JSON.parse(output(antidote('--json', ...args), { env })) as T

/** The middle of several measurements: one that the machine disturbed does not count. */
export const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

/** The middle of several runs. */
export const median = (runs: number, measure: () => number): number =>
  middle(Array.from({ length: runs }, measure))

/** A size, in millions of bytes. */
export const megabytes = (what: string, bytes: number, limit: number): Row => ({
  what,
  value: `${(bytes / 1e6).toFixed(1)} MB`,
  limit: `${limit} MB`,
  ok: bytes <= limit * 1e6,
})

export const absolute = (what: string, value: number, limit: number): Row => ({
  what,
  value: `${value.toFixed(2)} s`,
  limit: `${limit} s`,
  ok: value <= limit,
})

export const ratio = (what: string, value: number, against: number, limit: number): Row => ({
  what,
  value: `${(value / against).toFixed(2)} × (${value.toFixed(1)} s / ${against.toFixed(1)} s)`,
  limit: `${limit} ×`,
  ok: value / against <= limit,
})

/** What something takes more than something else. */
export const over = (what: string, value: number, against: number, limit: number): Row => ({
  what,
  value: `+ ${(value - against).toFixed(2)} s (${value.toFixed(2)} s, ${against.toFixed(2)} s)`,
  limit: `+ ${limit} s`,
  ok: value - against <= limit,
})

export const table = (rows: readonly Row[]): string => {
  const width = Math.max(...rows.map(({ what }) => what.length))
  const values = Math.max(...rows.map(({ value }) => value.length))
  return rows
    .map(
      ({ what, value, limit, least, ok }) =>
        `${ok ? '✔' : '✘'} ${what.padEnd(width)}  ${value.padEnd(values)}  at ${least ? 'least' : 'most'} ${limit}\n`,
    )
    .join('')
}
