import { pause } from '../../base/async/wait.ts'
import type { Tools } from '../../base/process/tools.ts'
import { LineSplitter } from '../../base/text/lines.ts'
import type { Place } from '../../machine/host-keys/place.ts'
import type { Reached } from '../../machine/ssh/answer.ts'

/** Milliseconds after which a child that ended without an answer is started again. */
const AGAIN = 5000

/** What is needed to wait for a handshake. */
export interface HandshakeParts {
  at: Place
  tools: Tools
  /** The launcher's file, which is the child's program too. */
  script: string
  /** Told how far the attempts come. */
  reached: Reached
  say(line: string): void
  signal: AbortSignal
  /** What the first attempt waits for; the child is started before. */
  after?: Promise<unknown> | undefined
}

/**
 * Waits until the guest's SSH server has completed a key exchange; false if the signal aborts first. A child does it,
 * and takes the memory of an SSH client with it when it ends. It also ends when its standard input does, so it
 * never outlives us.
 */
export const untilHandshake = async (parts: HandshakeParts): Promise<boolean> => {
  const { at, tools, script, reached, say, signal, after } = parts
  while (!signal.aborted) {
    const child = tools.start([process.execPath, script, 'handshake', at.host, String(at.port)], {
      network: true,
    })
    const kill = () => void child.kill('SIGKILL')
    signal.addEventListener('abort', kill, { once: true })
    void Promise.resolve(after).then(() => child.stdin?.write('\n'))
    const lines = new LineSplitter((line) => Object.assign(reached, JSON.parse(line)))
    child.stdout?.on('data', (chunk: Buffer | string) => lines.push(Buffer.from(chunk)))
    const { exitCode, signal: killer, stderr } = await child
    signal.removeEventListener('abort', kill)
    if (exitCode === 0) return !signal.aborted
    if (signal.aborted) return false
    const last = String(stderr ?? '')
      .trim()
      .split('\n')
      .at(-1)
    const end = killer ? `signal ${killer}` : `exit status ${exitCode ?? 'unknown'}`
    say(`what waits for the guest's handshake ended with ${end}${last ? `: ${last}` : ''}; it starts again`)
    await pause(AGAIN, signal)
  }
  return false
}
