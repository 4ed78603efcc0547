import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a target is run with. */
export interface Watched {
  /** The module that exports it as `target`. */
  module: string
  seed: number
  /** The number of its first input; with no seconds it is the only one. */
  first: number
  seconds: number
  /** Seconds of processor time that one input may take. A share of a busy machine is no hang. */
  patience?: number
}

/** How many inputs were read, and what was wrong with the last of them. */
export interface Outcome {
  inputs: number
  failure?: { index: number; what: string }
}

const CASES = fileURLToPath(new URL('./children/cases.ts', import.meta.url))

/** MiB that a target may take: a reader that needs more for a megabyte is one that grows out of bounds. */
const MEMORY = 1024

const PATIENCE = 30

/** Seconds for which an input may wait without working. */
const IDLE = 120

/** Seconds of processor time that a process has taken: proc_pid_stat(5). The clock ticks 100 times a second on every Linux. */
const processorTime = (pid: number): number => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return 0
  }
}

/** Runs a target in a process of its own, so that a crash, a hang and a lack of memory are found and told alike. */
export const watch = async ({
  module,
  seed,
  first,
  seconds,
  patience = PATIENCE,
}: Watched): Promise<Outcome> => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-fuzz-'))
  // some programs that it starts are nobody
  chmodSync(directory, 0o711)
  const progress = join(directory, 'progress')
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${MEMORY}`,
      '--import',
      'tsx',
      CASES,
      module,
      String(seed),
      String(first),
      String(seconds),
      progress,
    ],
    { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, TMPDIR: directory } },
  )
  const at = (): number => {
    try {
      return Number(readFileSync(progress, 'latin1')) || first
    } catch {
      return first
    }
  }
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk).slice(-8000)
  })
  let late: string | undefined
  let last = { index: -1, worked: 0, time: 0 }
  const look = () => {
    const now = { index: at(), worked: processorTime(child.pid!), time: performance.now() / 1000 }
    if (now.index !== last.index) last = now
    else if (now.worked - last.worked > patience) late = `it worked for ${patience} s and did not end`
    else if (now.time - last.time > IDLE) late = `it waited for ${IDLE} s and did not end`
    if (late) child.kill('SIGKILL')
  }
  const timer = setInterval(look, 200)
  const end = () => child.kill('SIGKILL')
  process.once('exit', end)
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    const index = at()
    const inputs = index - first + 1
    if (code === 0) return { inputs }
    const memory = /heap out of memory/.test(said) && `it took more than ${MEMORY} MiB of memory`
    return {
      inputs,
      failure: { index, what: late || memory || said.trim() || `it ended with ${signal ?? code}` },
    }
  } finally {
    clearInterval(timer)
    process.off('exit', end)
    rmSync(directory, { recursive: true, force: true })
  }
}
