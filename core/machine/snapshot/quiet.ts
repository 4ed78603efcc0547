import { readdirSync, readFileSync } from 'node:fs'
import { pause } from '../../base/async/wait.ts'
import type { Console } from '../qemu/console.ts'

/** When a guest counts as quiet: for so many milliseconds, with less than this part of a processor in use. */
const QUIET = { window: 3000, share: 0.1 }

const NANOSECONDS = 1e6

/** What a file in /proc says; nothing where its process has ended meanwhile. */
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const list = (directory: string): string[] => {
  try {
    return readdirSync(directory).filter((name) => /^\d+$/.test(name))
  } catch {
    return []
  }
}

/** A process's parent: proc_pid_stat(5), field 4, after the program's name, which may hold blanks. */
const parentOf = (pid: string): number => Number(read(`/proc/${pid}/stat`).split(') ').at(-1)!.split(' ')[1])

/** What a thread had from the scheduler so far, in milliseconds. */
interface Had {
  ran: number
  /** For a processor, while it could have run; the kernel counts a wait when it is over. */
  waited: number
  /** It runs or waits for a processor. */
  runnable: boolean
}

/** The threads of a process and of all below it: the first two fields of schedstat are nanoseconds. */
export const threadsOf = (pid: number): Map<string, Had> => {
  const processes = list('/proc').map((name) => ({ name, parent: parentOf(name) }))
  const from = (top: string): string[] => [
    top,
    ...processes.filter(({ parent }) => parent === Number(top)).flatMap(({ name }) => from(name)),
  ]
  const had = from(String(pid)).flatMap((name) =>
    list(`/proc/${name}/task`).map((task): [string, Had] => {
      const [ran, waited] = read(`/proc/${name}/task/${task}/schedstat`).split(' ')
      const runnable = read(`/proc/${name}/task/${task}/stat`).split(') ').at(-1)!.startsWith('R')
      return [task, { ran: Number(ran) / NANOSECONDS, waited: Number(waited ?? 0) / NANOSECONDS, runnable }]
    }),
  )
  return new Map(had)
}

/**
 * The part of a processor that threads have used of what they could have: on a busy host one that computes all the time
 * waits more than it runs, and one that got no processor at all is taken for such. A thread that began meanwhile counts
 * from its beginning.
 */
export const loadOf = (
  before: ReadonlyMap<string, Had>,
  after: ReadonlyMap<string, Had>,
  elapsed: number,
): number => {
  let load = 0
  for (const [thread, now] of after) {
    const was = before.get(thread) ?? { ran: 0, waited: 0, runnable: false }
    const ran = now.ran - was.ran
    const starved = ran === 0 && was.runnable && now.runnable
    load += starved ? 1 : ran / Math.max(ran, elapsed - (now.waited - was.waited), 1)
  }
  return load
}

/**
 * Waits until a guest has said nothing on its console and has hardly used a processor for some seconds; false if it
 * has not come to that when the signal aborts.
 */
export const untilQuiet = async (
  { pid, console }: { pid: number; console: Pick<Console, 'on' | 'off'> },
  signal: AbortSignal,
  { window, share } = QUIET,
): Promise<boolean> => {
  let spoke = false
  const onData = () => {
    spoke = true
  }
  console.on('data', onData)
  try {
    for (;;) {
      spoke = false
      const [before, began] = [threadsOf(pid), performance.now()]
      await pause(window, signal)
      if (signal.aborted) return false
      if (!spoke && loadOf(before, threadsOf(pid), performance.now() - began) < share) return true
    }
  } finally {
    console.off('data', onData)
  }
}
