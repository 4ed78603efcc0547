import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { SessionExec } from 'antidote'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bridge, openBridge } from '../../../plugins/ansible/bridge.ts'
import type { Event } from '../../../plugins/ansible/events.ts'

const UTILS = fileURLToPath(
  new URL(
    '../../../plugins/ansible/collection/ansible_collections/antidote/image/plugins/plugin_utils',
    import.meta.url,
  ),
)

let bridge: Bridge
let events: Event[]
let masked: string[]
let exec: SessionExec

beforeEach(async () => {
  events = []
  masked = []
  exec = async (argv, { input = '', root } = {}) => ({
    code: root ? 7 : 0,
    stdout: Buffer.from(input),
    stderr: Buffer.from(argv.join('|')),
  })
  bridge = await openBridge({
    exec: (...given) => exec(...given),
    onEvent: (event) => events.push(event),
    mask: (text) => masked.push(text),
  })
})
afterEach(() => bridge.close())

/** Runs Python with the bridge that ansible's plugins use, as `b`; `kill` ends it at once. */
const python = (script: string) => {
  const child = spawn('python3', ['-c', `from bridge import Bridge\nb = Bridge()\n${script}`], {
    env: { ...process.env, PYTHONPATH: UTILS, PYTHONDONTWRITEBYTECODE: '1', ANTIDOTE_BRIDGE: bridge.path },
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk
    })
  return { child, ended: once(child, 'close').then(([code]) => ({ code: code as number, text })) }
}

test('a command goes through with any bytes, many of them, and comes back with its status', async () => {
  const { ended } = python(`
data = bytes(range(256)) * 20000
code, out, err = b.exec(['a', "b'c", 'ü'], data, True)
assert (code, out, err.decode()) == (7, data, "a|b'c|ü"), (code, len(out), err)
assert b.exec(['x'], b'', False) == (0, b'', b'x')
`)
  expect(await ended).toEqual({ code: 0, text: '' })
})

test('events come in their order, and what is to be masked is masked before the answer', async () => {
  const { ended } = python(`
b.send({'event': 'play', 'play': 'p'})
b.send({'event': 'task', 'play': 'p', 'task': 't'})
b.mask(['one', 'two'])
`)
  expect(await ended).toEqual({ code: 0, text: '' })
  expect(masked).toEqual(['one', 'two'])
  expect(events).toMatchObject([
    { event: 'play', play: 'p' },
    { event: 'task', task: 't' },
  ])
})

test('what a guest cannot do is an error there, and the connection goes on', async () => {
  const once = exec
  exec = async () => {
    exec = once
    throw new Error('the guest is gone')
  }
  const { ended } = python(`
try:
    b.exec(['a'], b'', False)
except RuntimeError as error:
    assert str(error) == 'the guest is gone', error
    assert b.exec(['a'], b'in', False)[1] == b'in'
`)
  expect(await ended).toEqual({ code: 0, text: '' })
})

test('a command whose task was given up is given up too', async () => {
  let given: AbortSignal | undefined
  exec = (_, { signal } = {}) =>
    new Promise((_, reject) => {
      given = signal
      signal!.addEventListener('abort', () => reject(signal!.reason))
    })
  const { child, ended } = python(`b.exec(['sleep'], b'', False)`)
  await expect.poll(() => given).toBeDefined()
  expect(given!.aborted).toBe(false)
  child.kill('SIGKILL')
  await ended
  await expect.poll(() => given!.aborted).toBe(true)
})

test('nothing is left of it', async () => {
  const other = await openBridge({ exec, onEvent: () => {}, mask: () => {} })
  expect(existsSync(other.path)).toBe(true)
  await other.close()
  expect(existsSync(other.directory)).toBe(false)
})

test.each([
  'nonsense\n',
  'null\n',
  '{"bytes":-1,"exec":["a"]}\n',
  '{"bytes":0,"exec":"a"}\n',
  '{"bytes":0}\n',
  '\n',
])('who says %j is hung up on, and others are not', async (text) => {
  const socket = connect(bridge.path)
  const closed = new Promise((done) => socket.on('error', () => {}).once('close', done))
  socket.resume().write(text)
  await closed
  const { ended } = python(`assert b.exec(['x'], b'', False) == (0, b'', b'x')`)
  expect(await ended).toEqual({ code: 0, text: '' })
  expect(events).toEqual([])
})
