import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { StartedTool, Tools } from '../../../core/base/process/tools.ts'
import { Follower } from '../../../core/launcher/network/follow.ts'
import { LinkWatch } from '../../../core/launcher/network/watch.ts'

/** `ip monitor` that says what it is told to. */
const fakeMonitor = () => {
  const stdout = new PassThrough()
  const events = new EventEmitter()
  const end = new Promise<{ exitCode: number }>((resolve) =>
    events.once('end', () => resolve({ exitCode: 0 })),
  )
  const kill = () => events.emit('end')
  const tool = Object.assign(end, { stdin: null, stdout, stderr: null, kill }) as unknown as StartedTool
  return { tools: { start: () => tool } as unknown as Tools, stdout, kill }
}

const never = new AbortController().signal

test('wakes for what was heard before and while it waits, and else after a time', async () => {
  const { tools, stdout } = fakeMonitor()
  const watch = new LinkWatch(tools, () => {})
  stdout.write('net0 up\n')
  await watch.change(60_000, never)
  const waiting = watch.change(60_000, never)
  stdout.write('net0 down\n')
  await waiting
  await watch.change(1, never)
  await watch.close()
})

test('says when the monitor ends by itself, and not when it is closed', async () => {
  const ends: string[] = []
  const closed = fakeMonitor()
  await new LinkWatch(closed.tools, () => ends.push('closed')).close()
  const dead = fakeMonitor()
  const watch = new LinkWatch(dead.tools, () => ends.push('dead'))
  dead.kill()
  await expect.poll(() => ends).toEqual(['dead'])
  await watch.close()
})

const follower = () => {
  const { tools, stdout } = fakeMonitor()
  const watch = new LinkWatch(tools, () => {})
  const slots = [
    { slot: 1, tap: 'a', mtu: 1500, up: true },
    { slot: 2, tap: 'b', mtu: 1500, up: false },
  ]
  const lines: string[] = []
  const parts = { watch, slots, reconcile: async () => undefined, say: (line: string) => lines.push(line) }
  return { slots, lines, parts, event: () => stdout.write('changed\n') }
}

test('tells every link once, then its changes', async () => {
  const { slots, parts, event } = follower()
  const told: [number, boolean][] = []
  const following = new Follower(parts)
  following.follow(async (slot, up) => void told.push([slot, up]))
  await expect
    .poll(() => told)
    .toEqual([
      [1, true],
      [2, false],
    ])
  slots[1]!.up = true
  event()
  await expect.poll(() => told.slice(2)).toEqual([[2, true]])
  await following.stop()
})

test('tries again what failed, and says it once', async () => {
  const { lines, parts, event } = follower()
  let failures = 0
  const told: number[] = []
  const following = new Follower(parts)
  following.follow(async (slot) => {
    if (slot === 2 && failures++ < 2) throw new Error('the guest is busy')
    told.push(slot)
  })
  await expect.poll(() => failures).toBe(1)
  event()
  await expect.poll(() => failures).toBe(2)
  event()
  await expect.poll(() => told).toEqual([1, 2])
  expect(lines).toEqual(['the guest is busy'])
  await following.stop()
})

test('stops though the guest never answers', async () => {
  const following = new Follower(follower().parts)
  const asked = new Promise<void>((resolve) => {
    following.follow(() => {
      resolve()
      return new Promise(() => {})
    })
  })
  await asked
  await following.stop()
})
