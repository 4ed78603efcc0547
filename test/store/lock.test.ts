import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { lock } from '../../core/store/lock.ts'
import { Store } from '../../core/store/store.ts'
import { startChild } from '../support/child.ts'
import { temporary } from '../support/directory.ts'
import { keyFor } from '../support/store.ts'

const CHILD = new URL('./children/lock.ts', import.meta.url)
const file = () => join(temporary(), 'locks/one')

/** The command lines of the flock(1) processes on a file. */
const flocksOn = (path: string): string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      return words[0] === 'flock' && words.includes(path) ? [words.join(' ')] : []
    } catch {
      return []
    }
  })

test('one holder at a time, in order of asking', async () => {
  const path = file()
  const first = await lock(path)
  expect(await lock(path, { noWait: true })).toBeUndefined()
  const order: string[] = []
  const onWait = vi.fn()
  const second = lock(path, { onWait }).then((held) => {
    order.push('second')
    return held
  })
  await expect.poll(() => onWait).toHaveBeenCalledOnce()
  order.push('released')
  await first!.release()
  await (await second)!.release()
  expect(order).toEqual(['released', 'second'])
})

test('a free lock is not waited for', async () => {
  const onWait = vi.fn()
  await (await lock(file(), { onWait }))!.release()
  expect(onWait).not.toHaveBeenCalled()
})

test('sharers share, and keep out who wants it alone', async () => {
  const path = file()
  const one = await lock(path, { shared: true })
  const two = await lock(path, { shared: true, noWait: true })
  expect(two).toBeDefined()
  expect(await lock(path, { noWait: true })).toBeUndefined()
  await one!.release()
  await two!.release()
  const alone = await lock(path, { noWait: true })
  expect(await lock(path, { shared: true, noWait: true })).toBeUndefined()
  await alone!.release()
})

test('who waits can be called off', async () => {
  const path = file()
  const held = await lock(path)
  const controller = new AbortController()
  const waiting = lock(path, {
    signal: controller.signal,
    onWait: () => controller.abort(new Error('called off')),
  })
  await expect(waiting).rejects.toThrow('called off')
  await expect(lock(path, { signal: controller.signal })).rejects.toThrow('called off')
  await held!.release()
  await (await lock(path, { noWait: true }))!.release()
})

test('an abort does not lose a lock that is held', async () => {
  const path = file()
  const controller = new AbortController()
  const held = await lock(path, { signal: controller.signal })
  controller.abort()
  expect(await lock(path, { noWait: true })).toBeUndefined()
  await held!.release()
  await (await lock(path, { noWait: true }))!.release()
})

test('a file that cannot be locked is an error, not a lock', async () => {
  const path = file()
  mkdirSync(join(path, 'a-directory'), { recursive: true })
  await expect(lock(join(path, 'a-directory', 'x'.repeat(300)))).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
  })
})

test('the holder that is killed frees it; the waiter that is killed leaves no process', async () => {
  const path = file()
  const holder = startChild(CHILD, [path])
  await holder.said('locked')
  const waiter = startChild(CHILD, [path])
  await waiter.said('waiting')
  waiter.process.kill('SIGKILL')
  await waiter.ended
  await expect.poll(() => flocksOn(path)).toHaveLength(1)
  holder.process.kill('SIGKILL')
  await holder.ended
  await (await lock(path))!.release()
  await expect.poll(() => flocksOn(path)).toEqual([])
})

test('two processes that want the same entry: one makes it, the other waits and finds it', async () => {
  const directory = temporary()
  const store = await new Store(join(directory, 'store')).open()
  const marks = join(directory, 'marks')
  const make = () =>
    startChild(new URL('./children/make.ts', import.meta.url), [store.directory, keyFor('a'), marks])
  const children = [make(), make()]
  expect(await Promise.all(children.map(({ ended }) => ended))).toEqual([0, 0])
  expect(readFileSync(marks, 'utf8').trim().split('\n')).toHaveLength(1)
  expect(await store.verified(keyFor('a'))).toBeDefined()
})
