import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { loadOf, threadsOf, untilQuiet } from '../../../core/machine/snapshot/quiet.ts'

const FAST = { window: 300, share: 0.3 }

/** A child of ours that does what the script says, below a shell as QEMU is below what starts it. */
const child = async (script: string): Promise<number> => {
  const started = spawn('sh', ['-c', `node -e "console.log(1); ${script}"; true`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  onTestFinished(() => void process.kill(-started.pid!, 'SIGKILL'))
  await once(started.stdout!, 'data')
  return started.pid!
}

const console = () =>
  new EventEmitter() as unknown as Parameters<typeof untilQuiet>[0]['console'] & EventEmitter

test('an idle guest is quiet, and what it used before does not count', async () => {
  const pid = await child('setInterval(() => {}, 1000)')
  expect(threadsOf(pid).size).toBeGreaterThan(1)
  expect(await untilQuiet({ pid, console: console() }, AbortSignal.timeout(20_000), FAST)).toBe(true)
})

test('one that computes is not, however silent', async () => {
  const pid = await child('for (;;) ;')
  expect(await untilQuiet({ pid, console: console() }, AbortSignal.timeout(2000), FAST)).toBe(false)
})

test('nor is one that speaks', async () => {
  const pid = await child('setInterval(() => {}, 1000)')
  const speaking = console()
  const timer = setInterval(() => speaking.emit('data', Buffer.from('.')), 100)
  expect(await untilQuiet({ pid, console: speaking }, AbortSignal.timeout(1500), FAST)).toBe(false)
  clearInterval(timer)
  expect(speaking.listenerCount('data')).toBe(0)
})

test('what waits for a processor counts by what it made of those it got', () => {
  const load = (ran: number, waited: number, runnable = false) =>
    loadOf(
      new Map([['1', { ran: 5, waited: 5, runnable }]]),
      new Map([['1', { ran: 5 + ran, waited: 5 + waited, runnable }]]),
      100,
    )
  expect(load(100, 0)).toBe(1)
  expect(load(10, 90)).toBe(1)
  expect(load(1, 50)).toBe(0.02)
  expect(load(0, 100)).toBe(0)
  expect(load(0, 0, true)).toBe(1)
})
