import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/** A command that runs: what it prints, and its end, come as events. */
export interface Followed {
  /** Everything it has printed on either stream. */
  readonly output: string
  readonly stdin: Writable
  /** Waits for a match in its output. Throws with the end of that if the command ends before, or after `seconds`. */
  until(pattern: RegExp, seconds: number): Promise<RegExpExecArray>
  /** Its exit status; null after a signal. */
  readonly end: Promise<number | null>
}

/** Starts a command and follows it. */
export const follow = (argv: readonly string[], env: NodeJS.ProcessEnv = process.env): Followed => {
  const child = spawn(argv[0]!, argv.slice(1), { env })
  const watchers = new Set<() => void>()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
      for (const watch of watchers) watch()
    })
  }
  const end = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code))
  })
  const until = (pattern: RegExp, seconds: number) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer)
        watchers.delete(watch)
        act()
      }
      const fail = (how: string) =>
        settle(() => reject(new Error(`${argv.join(' ')} ${how} ${pattern}:\n${output.slice(-4000)}`)))
      const watch = () => {
        const match = pattern.exec(output)
        if (match) settle(() => resolve(match))
      }
      const timer = setTimeout(() => fail(`did not print within ${seconds} s`), seconds * 1000)
      watchers.add(watch)
      watch()
      end.then(() => fail('ended without'), reject)
    })
  return {
    get output() {
      return output
    },
    stdin: child.stdin,
    until,
    end,
  }
}
