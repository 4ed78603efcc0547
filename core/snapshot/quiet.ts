import { readdirSync, readFileSync } from 'node:fs'
import type { Console } from '../machine/console.ts'
import { pause } from '../machine/wait.ts'

/** When a guest counts as quiet: for so many milliseconds, with less than this part of a processor in use. */
const QUIET = { window: 3000, share: 0.1 }

/** Clock ticks of a second in /proc: USER_HZ, which is 100 on every x86 kernel. */
const TICKS = 100

const statOf = (pid: string): string[] | undefined => {
  try {
    // the program's name is in parentheses and may hold blanks
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
  } catch {
    // it has ended meanwhile
    return undefined
  }
}

/** Milliseconds of processor time that a process and all below it have used: proc_pid_stat(5), fields 4, 14 and 15. */
export const processorTime = (pid: number): number => {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const stat = statOf(name)
      return stat
        ? [{ pid: Number(name), parent: Number(stat[1]), ticks: Number(stat[11]) + Number(stat[12]) }]
        : []
    })
  const below = (top: number): number =>
    processes.filter(({ parent }) => parent === top).reduce((sum, one) => sum + one.ticks + below(one.pid), 0)
  const own = processes.find((one) => one.pid === pid)?.ticks ?? 0
  return ((own + below(pid)) * 1000) / TICKS
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
      const [before, began] = [processorTime(pid), performance.now()]
      await pause(window, signal)
      if (signal.aborted) return false
      if (!spoke && processorTime(pid) - before < share * (performance.now() - began)) return true
    }
  } finally {
    console.off('data', onData)
  }
}
