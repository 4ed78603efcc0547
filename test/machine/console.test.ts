import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Console, type Trouble } from '../../core/machine/console.ts'
import { socketPair } from './streams.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

const fresh = async () => {
  const { ours, theirs } = await socketPair()
  const console = new Console(ours, '/nowhere')
  open.push(console)
  /** Writes, and waits until all of it has come. */
  const say = async (text: string) => {
    const wanted = Buffer.byteLength(text)
    let got = 0
    const all = new Promise<void>((resolve) => {
      console.on('data', (chunk) => {
        got += chunk.length
        if (got >= wanted) resolve()
      })
    })
    theirs.write(text)
    await all
  }
  return { console, theirs, say }
}

test('keeps the last lines, an unfinished one and repeated ones included', async () => {
  const { console, say } = await fresh()
  await say('one\n\x1b[1mtwo\x1b[0m\r\n\n')
  await say('again\nagain\nagain\n')
  await say('login: ')
  expect(console.tail()).toEqual(['one', 'two', 'again (3 times)', 'login:'])
  expect(console.tail(1)).toEqual(['login:'])
})

test('knows how far the guest has come', async () => {
  const { console, say } = await fresh()
  expect(console.stage).toBe('nothing')
  await say('SeaBIOS (version 1.16)\n')
  expect(console.stage).toBe('firmware')
  await say('[    0.000000] Linux version 6.12\n')
  expect(console.stage).toBe('kernel')
  await say('[    1.294140] Run /sbin/init as init process\n')
  expect(console.stage).toBe('init')
  await say('antidote login: ')
  expect(console.stage).toBe('login')
  await say('\n[    9.0] still the kernel\n')
  expect(console.stage).toBe('login')
})

test('takes a megabyte of a line that never ends, in pieces as a serial port sends them', {
  timeout: 20_000,
}, async () => {
  // in time that grows with the square it takes minutes
  const socket = new EventEmitter()
  const noisy = new Console(Object.assign(socket, { resume: () => {} }) as unknown as Socket)
  for (const byte of ['\r', 'x']) {
    for (let sent = 0; sent < 1 << 20; sent += 8) socket.emit('data', Buffer.alloc(8, byte))
  }
  socket.emit('data', Buffer.from('\rrouter login: '))
  expect(noisy.stage).toBe('login')
  expect(noisy.tail()).toEqual(['router login:'])
})

test('reports a panic, a full disk and a lack of memory once each', async () => {
  const { console, say } = await fresh()
  const seen: Trouble[] = []
  console.on('trouble', (trouble) => seen.push(trouble))
  await say('cp: write error: No space left on device\ncp: write error: No space left on device\n')
  await say(
    '[  2.0] Out of memory: Killed process 12 (python3)\n[  3.0] Kernel panic - not syncing: VFS: no root\n',
  )
  expect(seen.map(({ kind }) => kind)).toEqual(['disk-full', 'memory', 'panic'])
  expect(console.troubles).toEqual(seen)
})

test('joins characters that come in parts, and types', async () => {
  const { console, theirs, say } = await fresh()
  const bytes = Buffer.from('naïve\n')
  theirs.write(bytes.subarray(0, 3))
  await once(console, 'data')
  theirs.write(bytes.subarray(3))
  await once(console, 'line')
  expect(console.tail()).toEqual(['naïve'])
  await say('x')
  console.write('root\n')
  expect(String((await once(theirs, 'data'))[0])).toBe('root\n')
})
