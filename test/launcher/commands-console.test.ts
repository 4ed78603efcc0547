import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { container, RESTORED } from './container.ts'
import { bundle } from './face.ts'

let script: string
let remove: () => void
beforeAll(async () => {
  ;({ script, remove } = await bundle())
})
afterAll(() => remove())

test('by pipe it prints what comes until standard input ends, and types that', async () => {
  const { begin, guest } = await container(script)
  guest.write('Welcome\r\n')
  const { stdin, until, ended } = begin('console')
  stdin.write('root\r')
  expect(String((await once(guest, 'data'))[0])).toBe('root\r')
  guest.write('Password: ')
  await until('Password: ')
  stdin.end()
  expect(await ended).toEqual({ code: 0, stdout: expect.stringMatching(/Password: $/), stderr: '' })
})

test('`echo | antidote console` shows the past', async () => {
  const { antidote, console, guest } = await container(script)
  guest.write('Welcome\r\nlab login: ')
  while (!console.tail().includes('lab login:')) await once(console, 'data')
  expect(await antidote(['console'], '\n')).toEqual({
    code: 0,
    stdout: 'Welcome\r\nlab login:',
    stderr: '',
  })
})

test('on a terminal every key is for the guest but the one that leaves, and the terminal is restored', async () => {
  const { onTerminal, guest } = await container(script)
  const { stdin, until, ended } = onTerminal('console')
  await until('Ctrl-] leaves')
  guest.write('login: ')
  await until('login: ')
  // Ctrl-C, Ctrl-D and Ctrl-Z are the guest's
  stdin.write('\x03\x04\x1a')
  expect(String((await once(guest, 'data'))[0])).toBe('\x03\x04\x1a')
  stdin.write('\x1d')
  await until('-echoprt')
  stdin.end()
  expect(RESTORED.exec((await ended).stdout)?.[1]).toBe('0')
})

test('the terminal is restored when the launcher ends, and when the command is ended', async () => {
  const { onTerminal, board, control } = await container(script)
  const [one, two] = [onTerminal('console'), onTerminal('console')]
  await Promise.all([one.until('Ctrl-] leaves'), two.until('Ctrl-] leaves')])
  process.kill(Number(/pid=(\d+)/.exec(two.got.stdout)![1]), 'SIGTERM')
  await two.until('-echoprt')
  two.stdin.end()
  expect(RESTORED.exec((await two.ended).stdout)?.[1]).toBe('143')
  board.set('off')
  await control.close()
  await one.until('-echoprt')
  one.stdin.end()
  const { stdout } = await one.ended
  expect(stdout).toContain('The console ends: off')
  expect(RESTORED.exec(stdout)?.[1]).toBe('0')
})
