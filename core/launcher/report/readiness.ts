import { pause } from '../../base/async/wait.ts'
import { type MachineSpec, SERVERS } from '../../base/model/machine-spec.ts'
import type { Tools } from '../../base/process/tools.ts'
import { checkBanner, checkHttp, type Problem, untilHttp } from '../../machine/check.ts'
import { noAnswer } from '../../machine/diagnosis.ts'
import type { Place } from '../../machine/host-keys/place.ts'
import type { Console } from '../../machine/qemu/console.ts'
import type { Reached } from '../../machine/ssh/answer.ts'
import type { Board } from './board.ts'
import { untilHandshake } from './handshake.ts'

/** How often a guest that was ready is looked at, in milliseconds. */
export interface Rhythm {
  /** OpenSSH counts a second of penalty for each look, and refuses who has fifteen: PerSourcePenalties. */
  interval: number
  timeout: number
}

const RHYTHM: Rhythm = { interval: 15_000, timeout: 10_000 }

/** Failures in a row after which a guest has stopped answering: one may be a guest that is busy. */
const FAILURES = 3

/** What following a guest needs. */
export interface ReadinessParts {
  spec: MachineSpec
  /** Where the port of `spec.ready` is reached from here. */
  at: Place
  tools: Tools
  /** The launcher's file, for the child. */
  script: string
  /** For the diagnosis. */
  console: Console
  board: Board
  say(line: string): void
  signal: AbortSignal
  rhythm?: Rhythm
  /** When QEMU was started, by performance.now(); now if left out. */
  began?: number
  /** What it waits for before it asks the guest. */
  after?: Promise<unknown> | undefined
}

/** Looks at a guest that was ready, until the signal aborts. */
const keepLooking = async (parts: ReadinessParts, { interval, timeout }: Rhythm): Promise<void> => {
  const { spec, at, board, say, signal } = parts
  const { ready } = spec
  const look = (): Promise<Problem | undefined> =>
    ready.kind === 'http' ? checkHttp(at, ready.path, timeout, signal) : checkBanner(at, timeout, signal)
  const why = `its ${SERVERS[ready.kind]} server stopped answering`
  let failures = 0
  while (true) {
    await pause(interval, signal)
    if (signal.aborted) return
    const problem = await look()
    if (signal.aborted) return
    failures = problem ? failures + 1 : 0
    if (!problem && board.document.state === 'failed') {
      board.set('ready')
      say('ready again')
    }
    if (problem && failures === FAILURES) {
      board.set('failed', why)
      say(`failed: ${why} (${problem.text})`)
    }
  }
}

/**
 * Follows the guest from its start: ready by its own handshake, failed after the deadline or when it stops
 * answering, ready again if it answers again. Settles when the signal aborts.
 */
export const followReadiness = async (parts: ReadinessParts): Promise<void> => {
  const { spec, at, console, board, say, signal, rhythm = RHYTHM, began = performance.now() } = parts
  const reached: Reached = { refused: false, banner: false }
  const late = setTimeout(() => {
    const { message, details } = noAnswer(spec, console, reached, spec.ready)
    board.set('failed', message.replace(/\.$/, ''))
    say(message)
    if (details.hint) say(details.hint)
  }, spec.deadline * 1000)
  const cancel = () => clearTimeout(late)
  signal.addEventListener('abort', cancel, { once: true })
  const { ready } = spec
  const askHttp = async (path: string): Promise<boolean> => {
    await parts.after
    return untilHttp(at, path, reached, signal)
  }
  const answered =
    ready.kind === 'http' ? await askHttp(ready.path) : await untilHandshake({ ...parts, reached })
  cancel()
  signal.removeEventListener('abort', cancel)
  if (!answered) return
  const bootMs = Math.round(performance.now() - began)
  board.update({ bootMs, ...(ready.kind === 'ssh' && { hostKey: reached.hostKey }) })
  board.set('ready')
  say(`ready: its ${SERVERS[ready.kind]} server answered after ${(bootMs / 1000).toFixed(1)} s`)
  await keepLooking(parts, rhythm)
}
