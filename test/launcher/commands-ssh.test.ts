import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { Server, type ServerChannel } from 'ssh2'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { hostKey, TestSsh } from '../machine/ssh-server.ts'
import { container, launcher, RESTORED } from './container.ts'
import { bundle, listenWith } from './face.ts'

let script: string
let remove: () => void
beforeAll(async () => {
  ;({ script, remove } = await bundle())
})
afterAll(() => remove())

/** An SSH server with a shell that says what it is told, and its terminal. */
const shellServer = async (password: string) => {
  const shells: { channel: ServerChannel; terminal: unknown }[] = []
  const server = new Server({ hostKeys: [hostKey()] }, (client) => {
    client.on('error', () => {})
    client.on('authentication', (attempt) => {
      if (attempt.method === 'password' && attempt.password === password) attempt.accept()
      else attempt.reject(['password'])
    })
    client.on('session', (accept) => {
      let terminal: unknown
      const session = accept()
      session.on('pty', (acceptTerminal, _reject, info) => {
        terminal = info
        acceptTerminal()
      })
      session.on('shell', (acceptShell) => {
        const channel = acceptShell()
        shells.push({ channel, terminal })
        channel.write(`hello on ${((info) => (info as { term: string }).term)(terminal)}\r\n`)
        channel.on('data', (data: Buffer) => {
          channel.write(`got ${JSON.stringify(String(data))}\r\n`)
          if (!String(data).includes('exit')) return
          channel.exit(7)
          channel.end()
        })
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { port: (server.address() as { port: number }).port, shells }
}

const withGuest = async () => {
  const server = await TestSsh.start()
  onTestFinished(() => server.stop())
  const made = await container(script, {}, server.port)
  return { ...made, ...launcher(script, { ...made.environment, ANTIDOTE_PASSWORD: 'secret' }) }
}

test('gives its words to the guest’s shell as ssh does, and gives their output and exit status', async () => {
  const { antidote } = await withGuest()
  const line = 'a="b  c"; echo "$a"; echo err >&2; exit 5'
  expect(await antidote(['ssh', line])).toEqual({ code: 5, stdout: 'b  c\n', stderr: 'err\n' })
  expect(await antidote(['ssh', 'echo', 'one;', 'echo', "'two  words'"])).toMatchObject({
    code: 0,
    stdout: 'one\ntwo  words\n',
  })
  expect(await antidote(['ssh', '--', 'echo', '-n', 'x'])).toMatchObject({ code: 0, stdout: 'x' })
})

test('tells no password to a server with another key than the guest had when it became ready', async () => {
  const server = await TestSsh.start()
  onTestFinished(() => server.stop())
  const digest = execFileSync('ssh-keygen', ['-lf', '-'], { input: server.key }).toString().split(' ')[1]!
  const { board, environment } = await container(script, { hostKey: digest }, server.port)
  const logIn = (more: Record<string, string> = {}) =>
    launcher(script, { ...environment, ANTIDOTE_PASSWORD: 'secret', ...more }).antidote(['ssh', 'true'])
  expect(await logIn()).toMatchObject({ code: 0 })
  board.update({ hostKey: `SHA256:${'a'.repeat(43)}` })
  server.passwords.length = 0
  const refused = await logIn()
  expect(refused).toMatchObject({ code: 1, stdout: '' })
  expect(refused.stderr).toContain(`is ${digest}, and not SHA256:aaaa`)
  expect(server.passwords).toEqual([])
  expect(await logIn({ ANTIDOTE_HOST_KEYS: 'any' })).toMatchObject({ code: 0 })
})

test('on a terminal neither a command nor what it complains of moves the cursor or sets a title', async () => {
  const { antidote, onTerminal } = await withGuest()
  const line = String.raw`printf 'a\033]0;title\007b\n'; printf 'c\033[2Jd\n' >&2`
  expect(await antidote(['ssh', line])).toMatchObject({
    stdout: 'a\x1b]0;title\x07b\n',
    stderr: 'c\x1b[2Jd\n',
  })
  const { stdout } = await onTerminal('ssh', line).ended
  expect(stdout).toContain('ab\r\n')
  expect(stdout).toContain('cd\r\n')
  expect(stdout).not.toContain('\x1b')
})

test('gives the command our standard input', async () => {
  const { antidote } = await withGuest()
  expect(await antidote(['ssh', 'cat'], 'one\ntwo\n')).toMatchObject({ code: 0, stdout: 'one\ntwo\n' })
})

test('does not wait for our standard input once the command has ended', async () => {
  const { begin } = await withGuest()
  const { ended } = begin('ssh', 'echo', 'done')
  expect(await ended).toMatchObject({ code: 0, stdout: 'done\n' })
})

test('ends when nobody reads on', async () => {
  const { begin } = await withGuest()
  const { stdin, stdout, until, ended } = begin('ssh', 'yes')
  await until('y')
  stdout.destroy()
  stdin.end()
  expect(await ended).toMatchObject({ code: 1, stderr: '' })
})

test('a wrong password, none, and no terminal are each one sentence', async () => {
  const { environment, antidote } = await withGuest()
  const told = async (argv: string[], env: Record<string, string>) => {
    const { code, stderr } = await launcher(script, { ...environment, ...env }).antidote(argv)
    return `${code} ${stderr.split('\n')[0]}`
  }
  expect(await told(['ssh', 'true'], { ANTIDOTE_PASSWORD: 'wrong' })).toMatch(
    /^1 antidote: The guest at 127\.0\.0\.1:\d+ refused the password of the user "root"\.$/,
  )
  expect(await told(['ssh', 'true'], {})).toBe(
    '2 antidote: The password of the user "root" is not known here.',
  )
  expect(await antidote(['ssh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('needs a terminal'),
  })
})

test('a machine whose SSH port is not reached is named', async () => {
  const { environment } = await container(script)
  const { antidote } = launcher(script, { ...environment, ANTIDOTE_PASSWORD: 'secret' })
  expect(await antidote(['ssh', 'true'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('reaches no SSH port of the machine "lab"'),
  })
})

test('a shell on the terminal, after a password that is asked for and not shown', async () => {
  const { port, shells } = await shellServer('öpen sesame')
  const { onTerminal } = await container(script, {}, port)
  const { stdin, until, ended } = onTerminal('ssh')
  await until('Password of root: ')
  stdin.write('öpen sesame\r')
  await until('hello on vt100')
  // this terminal has no size of its own
  expect(shells[0]!.terminal).toMatchObject({ cols: 80, rows: 24 })
  stdin.write('\x03')
  await until('got "\\u0003"')
  stdin.write('exit\r')
  await until('-echoprt')
  stdin.end()
  const { stdout } = await ended
  expect(RESTORED.exec(stdout)?.[1]).toBe('7')
  expect(stdout).not.toContain('sesame')
})

test('Ctrl-C at the question for the password leaves', async () => {
  const { port } = await shellServer('x')
  const { onTerminal } = await container(script, {}, port)
  const { stdin, until, ended } = onTerminal('ssh')
  await until('Password of root: ')
  stdin.write('\x03')
  await until('-echoprt')
  stdin.end()
  expect(RESTORED.exec((await ended).stdout)?.[1]).toBe('2')
})

test("in transparent management it is the guest's own address", async () => {
  const server = await TestSsh.start()
  onTestFinished(() => server.stop())
  const address = '127.0.0.1'
  const { environment, machine } = await container(script, {
    management: { mode: 'transparent', address, ports: [] },
  })
  machine({ ready: { kind: 'ssh', port: server.port } })
  const { antidote } = launcher(script, { ...environment, ANTIDOTE_PASSWORD: 'secret' })
  expect(await antidote(['ssh', 'echo', 'there'])).toEqual({ code: 0, stdout: 'there\n', stderr: '' })
})

test('a guest that does not answer is told of with its state', async () => {
  const port = await listenWith(() => {})
  const { environment, board } = await container(script, {}, port)
  board.set('booting')
  const { antidote } = launcher(script, { ...environment, ANTIDOTE_PASSWORD: 'x' })
  expect(await antidote(['ssh', 'true'])).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/did not answer within 3 s; the machine is booting\./),
  })
})

test('a guest that is ready and slow is asked once, one that boots again and again', async () => {
  let asked = 0
  const port = await listenWith(() => void asked++)
  const { environment, board } = await container(script, {}, port)
  const { antidote } = launcher(script, { ...environment, ANTIDOTE_PASSWORD: 'x' })
  expect(await antidote(['ssh', 'true'])).toMatchObject({ code: 1 })
  expect(asked).toBe(1)
  board.set('booting')
  await antidote(['ssh', 'true'])
  expect(asked).toBeGreaterThan(3)
})
