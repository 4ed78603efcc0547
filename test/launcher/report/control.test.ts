import { once } from 'node:events'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import {
  askMonitor,
  askReady,
  askStatus,
  controlSocket,
  openConsole,
} from '../../../core/launcher/commands/control-client.ts'
import { Board } from '../../../core/launcher/report/board.ts'
import { serveControl } from '../../../core/launcher/report/control.ts'
import { scratch } from '../../publish/oci/help.ts'
import { serialConsole, statusOf } from '../face.ts'

const served = async (monitor = async (command: string) => `${command}?\r\n`) => {
  const path = join(scratch(), 'control.sock')
  const board = new Board(statusOf())
  const control = await serveControl({ path, board })
  onTestFinished(() => control.close().catch(() => {}))
  const { console, guest } = await serialConsole()
  return { path, board, control, console, guest, attach: () => control.attach({ console, monitor }) }
}

/** A reader of the console with all that it got. */
const reader = async (path: string) => {
  const { socket, first } = await openConsole(path)
  onTestFinished(() => void socket.destroy())
  let got = String(first)
  socket.on('data', (chunk) => {
    got += chunk
  })
  const until = async (text: string) => {
    while (!got.includes(text)) await once(socket, 'data')
    return got
  }
  return { socket, until, closed: once(socket, 'close').then(() => got) }
}

/** Has the guest say something, and waits until the launcher has it. */
const say = async (guest: Socket, console: { tail(): string[] } & NodeJS.EventEmitter, text: string) => {
  guest.write(text)
  while (!console.tail().join('\n').includes(text.trim())) await once(console, 'data')
}

test('the commands find it in the state directory', () => {
  expect(controlSocket({})).toBe('/var/lib/antidote/control.sock')
  expect(controlSocket({ ANTIDOTE_STATE: '/data' })).toBe('/data/control.sock')
})

test('tells the state and all that is known', async () => {
  const { path, board } = await served()
  expect(await askStatus(path)).toEqual(board.document)
  board.set('failed', 'no sshd')
  expect(await askReady(path)).toEqual({ ready: false, line: 'failed: no sshd' })
  board.set('ready')
  expect(await askReady(path)).toEqual({ ready: true, line: 'ready' })
})

test('passes commands on to the monitor, and its refusals back', async () => {
  const { path, attach } = await served(async (command) => {
    if (command === 'quit') throw errors.qmpFailed('quit', 'QEMU ended')
    return `${command}: yes\r\nno\r\n`
  })
  attach()
  expect(await askMonitor(path, 'info "status"')).toBe('info "status": yes\nno\n')
  await expect(askMonitor(path, 'quit')).rejects.toMatchObject({
    code: 'CONTROL_REFUSED',
    message: 'QEMU refused "quit": QEMU ended.',
  })
  await expect(askMonitor(path, 'x'.repeat(70_000))).rejects.toMatchObject({
    message: 'The command is too long.',
  })
})

test('says that nothing runs yet where there is no console and no monitor', async () => {
  const { path, board } = await served()
  board.set('starting', 'waiting for net3')
  const told = {
    code: 'CONTROL_REFUSED',
    message: 'The machine does not run; its container is starting: waiting for net3.',
  }
  await expect(askMonitor(path, 'info status')).rejects.toMatchObject(told)
  await expect(openConsole(path)).rejects.toMatchObject(told)
})

test('several sit at the console at once: all read, each may type, and the past is shown', async () => {
  const { path, attach, guest, console } = await served()
  attach()
  await say(guest, console, 'Welcome\nlab login: ')
  const [one, two] = [await reader(path), await reader(path)]
  for (const { until } of [one, two]) expect(await until('login:')).toBe('Welcome\r\nlab login:')
  one.socket.write('ro')
  expect(String((await once(guest, 'data'))[0])).toBe('ro')
  two.socket.write('ot\r')
  expect(String((await once(guest, 'data'))[0])).toBe('ot\r')
  guest.write('root\r\nPassword: ')
  for (const { until } of [one, two]) expect(await until('Password: ')).toMatch(/login:root\r\nPassword: $/)
  // one leaves, the other stays
  one.socket.end()
  await one.closed
  guest.write('still here')
  await two.until('still here')
})

test('the past ends with a line break where the guest had ended the line', async () => {
  const { path, attach, guest, console } = await served()
  attach()
  await say(guest, console, 'one\ntwo\n')
  const { until, socket } = await reader(path)
  await until('two\r\n')
  guest.write('three')
  expect(await until('three')).toBe('one\r\ntwo\r\nthree')
  socket.end()
})

test('a slow reader is dropped with a sentence and holds up neither the guest nor the others', async () => {
  const { path, attach, guest } = await served()
  attach()
  const slow = await openConsole(path)
  onTestFinished(() => void slow.socket.destroy())
  slow.socket.pause()
  const quick = await reader(path)
  const line = `${'x'.repeat(1022)}\r\n`
  // far more than sockets and backlog hold
  for (let kilobytes = 0; kilobytes < 4096; kilobytes++) {
    if (!guest.write(line)) await once(guest, 'drain')
  }
  guest.write('end of it')
  const all = await quick.until('end of it')
  expect(all.length).toBeGreaterThan(4096 * 1024)
  let late = ''
  slow.socket.on('data', (chunk) => {
    late += chunk
  })
  slow.socket.resume()
  await once(slow.socket, 'close')
  expect(late).toMatch(/too slow and was left behind/)
  expect(late.length).toBeLessThan(2 * 1024 * 1024)
})

test('is for its owner only', async () => {
  const { path } = await served()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('its end tells those at the console, and leaves nothing', async () => {
  const { path, attach, board, control } = await served()
  attach()
  const { closed } = await reader(path)
  board.set('off')
  await control.close()
  expect(await closed).toContain('The console ends: off')
  expect(existsSync(path)).toBe(false)
  await expect(askStatus(path)).rejects.toMatchObject({
    code: 'CONTROL_SILENT',
    message: expect.stringContaining('it is not there'),
  })
})

test('takes the place of what a killed launcher left', async () => {
  const path = join(scratch(), 'control.sock')
  writeFileSync(path, '')
  const control = await serveControl({ path, board: new Board(statusOf()) })
  onTestFinished(() => control.close())
  expect((await askReady(path)).line).toBe('starting')
})

test('does not take the place of a launcher that runs', async () => {
  const { path, board } = await served()
  await expect(serveControl({ path, board })).rejects.toMatchObject({
    code: 'CONTROL_UNUSABLE',
    message: expect.stringContaining('another launcher answers'),
  })
  expect((await askReady(path)).line).toBe('starting')
})

test('a directory that is not there is named', async () => {
  const board = new Board(statusOf())
  await expect(serveControl({ path: '/nowhere/control.sock', board })).rejects.toMatchObject({
    code: 'CONTROL_UNUSABLE',
    message: expect.stringContaining('/nowhere/control.sock'),
  })
})

test('a launcher that hangs is not waited for', async () => {
  const path = join(scratch(), 'control.sock')
  const server = createServer(() => {}).listen(path)
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  await expect(askReady(path)).rejects.toMatchObject({
    code: 'CONTROL_SILENT',
    message: expect.stringContaining('no answer within'),
  })
})
