import { get } from 'node:http'
import { connect } from 'node:net'
import { pause, untilEvent } from '../base/async/wait.ts'
import type { Place } from './host-keys/place.ts'
import type { Reached } from './ssh/answer.ts'

/** Why a check failed. */
export interface Problem {
  /** As a sentence without its end. */
  text: string
  /** The guest's network refused the connection: it runs, and nothing listens. */
  refused: boolean
  /** The server spoke, and not as it should. */
  spoke: boolean
}

/** What a check gives: undefined if all is well, and also if the signal aborted. */
type Checked = Promise<Problem | undefined>

const silent = (ms: number): Problem => ({
  text: `no answer within ${ms / 1000} s`,
  refused: false,
  spoke: false,
})

/** QEMU's forwarder closes what the guest refused, without a word. */
const closed: Problem = { text: 'the connection was closed', refused: true, spoke: false }

const spoke = (text: string): Problem => ({ text, refused: false, spoke: true })

/**
 * Whether an SSH server gives its identification, which begins with `SSH-` (RFC 4253, 4.2). A server may count this
 * as a login that was not tried, so it is not for every second.
 */
export const checkBanner = (at: Place, timeout: number, signal: AbortSignal): Checked =>
  untilEvent<Problem>((done) => {
    const socket = connect(at)
    let text = ''
    const timer = setTimeout(() => done(silent(timeout)), timeout)
    const stop = () => done(undefined)
    signal.addEventListener('abort', stop, { once: true })
    socket.setEncoding('latin1').on('data', (part) => {
      text += part
      if (text.length < 4) return
      done(text.startsWith('SSH-') ? undefined : spoke('what answers is no SSH server'))
    })
    socket.on('end', () => done(closed)).on('error', () => done(closed))
    return () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      socket.destroy()
    }
  })

/** Whether an HTTP server answers a GET with a status below 500. */
export const checkHttp = (at: Place, path: string, timeout: number, signal: AbortSignal): Checked =>
  untilEvent<Problem>((done) => {
    const timer = setTimeout(() => done(silent(timeout)), timeout)
    const stop = () => done(undefined)
    signal.addEventListener('abort', stop, { once: true })
    const request = get({ ...at, path, agent: false }, ({ statusCode = 0 }) =>
      done(statusCode < 500 ? undefined : spoke(`GET ${path} gave status ${statusCode}`)),
    )
    request.on('error', ({ code, message }: NodeJS.ErrnoException) =>
      done(code?.startsWith('HPE_') ? spoke(`what answers does not speak HTTP: ${message}`) : closed),
    )
    return () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      request.destroy()
    }
  })

/** Waits for the first good answer over HTTP; false if the signal aborts first. */
export const untilHttp = async (
  at: Place,
  path: string,
  reached: Reached,
  signal: AbortSignal,
): Promise<boolean> => {
  const began = performance.now()
  while (!signal.aborted) {
    // an attempt before the guest's network is up waits in vain; a slow guest needs longer ones
    const lifetime = Math.min(15_000, Math.max(1000, (performance.now() - began) / 10))
    const problem = await checkHttp(at, path, lifetime, signal)
    if (!problem) return !signal.aborted
    if (problem.refused) reached.refused = true
    if (problem.spoke) {
      reached.banner = true
      reached.problem = problem.text
    }
    await pause(lifetime / 3, signal)
  }
  return false
}
