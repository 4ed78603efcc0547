import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { Console, type Trouble } from '../../../core/machine/qemu/console.ts'
import { socketPair } from '../streams.ts'

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

const ASKED = 'Please enter the new timezone name or number (empty to skip, "list" to list options):'

test('shows what the guest asks without ending the line, also where that was written over', async () => {
  const { console, say } = await fresh()
  await say(`Welcome to Router!\n\x1b[1m${ASKED}\x1b[0m `)
  expect(console.question).toBe(ASKED)
  expect(console.tail()).toEqual(['Welcome to Router!', ASKED])
  await say('\r\x1b[K[ ***  ] (1 of 2) Job systemd-firstboot.service/start running (9s / no limit)\r')
  expect(console.question).toBe(ASKED)
  expect(console.tail(2)).toEqual([ASKED, expect.stringContaining('Job systemd-firstboot')])
  await say('\n[   12.345678] random: crng init done\n[  OK  ] Reached target\n')
  expect(console.question).toBe(ASKED)
  await say('Europe/Berlin\n')
  expect(console.question).toBeUndefined()
})

test('a message of the kernel that ends the line leaves the question', async () => {
  const { console, say } = await fresh()
  await say(`${ASKED} [   12.345678] random: crng init done\n`)
  expect(console.question).toBe(ASKED)
  expect(console.tail()).toEqual([expect.stringContaining(ASKED)])
})

test('what was asked before the guest went on is not waited for', async () => {
  const { console, say } = await fresh()
  await say('SeaBIOS\nPress any key to continue...')
  expect(console.question).toBe('Press any key to continue...')
  await say('\r[    0.000000] Linux version 6.12\n[    0.1] more\n')
  expect(console.question).toBeUndefined()
})

test.each([
  ['a shell in an initrd', '(initramfs) ', true],
  ['a boot loader', 'grub rescue> ', true],
  ['a choice', 'Do you want to continue? [y/N] ', true],
  ['a key', 'Press any key to continue...', true],
  ['a login prompt', 'router login: ', false],
  ['a program at work', 'Begin: Mounting root file system ... ', false],
  ['the beginning of a state', '\x1b[K[*     ]', false],
  ['the state of a job', '[ ***  ] A start job is running for Network', false],
])('knows a question from other unfinished lines: %s', async (_, text, asks) => {
  const { console, say } = await fresh()
  await say(`first\n${text}`)
  expect(console.question !== undefined).toBe(asks)
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
