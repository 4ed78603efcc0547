import { randomBytes } from 'node:crypto'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { onTerminal, scripted } from './guest.ts'

const prompt = /guest# $/
const BASH = ['bash', '--norc', '--noprofile', '-i']

describe('expect', () => {
  test('gives the pattern that stands first, its match, and what came before', async () => {
    const { dialogue, guest } = await scripted()
    guest.write('some text\r\nLogin incorrect\r\n\r\nhost login: ')
    const { is, match, before } = await dialogue.expect({ login: /login: $/, wrong: /Login (\w+)/g })
    expect([is, match[1], before]).toEqual(['wrong', 'incorrect', 'some text\n'])
    expect((await dialogue.expect({ login: /(\w+) login: $/ })).match[1]).toBe('host')
  })

  test('sees a prompt that comes in pieces, with messages of the kernel before, in and after it', async () => {
    const { dialogue, guest } = await scripted()
    const heard = dialogue.expect({ prompt: /^host login: $/m })
    for (const piece of [
      '[    1.000000] eth0: link up\r\nho',
      'st l[   ',
      '12.345678] spam\r',
      '\nog',
      'in: [   13.000001',
      '] more spam\r\n',
    ]) {
      guest.write(piece)
      await pause(20)
    }
    const { before } = await heard
    expect(before).toBe('[    1.000000] eth0: link up\n[   12.345678] spam\n[   13.000001] more spam\n')
  })

  test('does not take the middle of a line for its end', async () => {
    const { dialogue, guest } = await scripted()
    guest.write('it costs 5$ ')
    const heard = dialogue.expect({ prompt: /\$ $/ })
    await pause(10)
    guest.write('or more\r\nuser$ ')
    expect((await heard).before).toBe('it costs 5$ or more\nuser')
  })

  test('reads what came while this process was kept from it, before it takes an end', async () => {
    const { dialogue, guest } = await scripted()
    guest.write('it costs 5$ ')
    const heard = dialogue.expect({ prompt: /\$ $/ })
    await pause(10)
    // after it the loop looks at its timers first
    await turn()
    guest.write('or more\r\nuser$ ')
    const until = performance.now() + 200
    while (performance.now() < until);
    expect((await heard).before).toBe('it costs 5$ or more\nuser')
  })

  test('asks for a prompt that was lost after a silence, which the kernel does not break', async () => {
    const { dialogue, guest, typed } = await scripted()
    guest.write('login: somebody writes here\r\n')
    const spam = setInterval(() => guest.write('[    1.000000] spam\r\n'), 20)
    guest.once('data', () => guest.write('\r\nlogin: '))
    await dialogue.expect({ login: /login: $/ }, { wake: '\r', wakeAfter: 0.2, deadline: 5 })
    clearInterval(spam)
    expect(typed()).toBe('\r')
  })
})

describe('an end that does not behave', () => {
  const wanted = { login: /login: $/, prompt: /# $/ }

  test('and is silent: the prompts that were awaited are told', async () => {
    const { dialogue } = await scripted()
    await expect(dialogue.expect(wanted, { deadline: 0.2 })).rejects.toMatchObject({
      code: 'SERIAL_TIMEOUT',
      message: 'The dialogue "test" waited 0.2 s for one of /login: $/, /# $/, and nothing came.',
      details: { lines: [] },
    })
  })

  test('and says something else: it is shown', async () => {
    const { dialogue, guest } = await scripted()
    setTimeout(() => guest.write('Loading kernel\r\nPassword: '), 50)
    await expect(dialogue.expect(wanted, { deadline: 0.3 })).rejects.toMatchObject({
      message: expect.stringContaining('/# $/, which did not come'),
      details: { lines: ['Loading kernel', 'Password:'] },
    })
  })

  test('and never stops: the deadline holds, and what is kept is bounded', async () => {
    const { dialogue } = await onTerminal(['yes', 'endless output'])
    await expect(dialogue.expect(wanted, { deadline: 1 })).rejects.toMatchObject({ code: 'SERIAL_TIMEOUT' })
    expect(dialogue.transcript().length).toBeLessThan(100_000)
  })

  test('and sends garbage: what comes after it is read', async () => {
    const { dialogue, guest } = await scripted()
    guest.write(randomBytes(100_000))
    guest.write('\x1b\\\x18\r\n\x07\nhost login: ')
    await dialogue.expect(wanted, { deadline: 5 })
  })

  test('and closes the line', async () => {
    const { dialogue, guest } = await scripted()
    guest.end('going down\r\n')
    await expect(dialogue.expect(wanted)).rejects.toMatchObject({
      code: 'SERIAL_CLOSED',
      details: { lines: ['going down'] },
    })
  })

  test('and closes the line, for a reason that is known a little later', async () => {
    const machine = new AbortController()
    const { dialogue, guest } = await scripted(machine.signal)
    guest.end()
    setTimeout(() => machine.abort(new Error('the kernel gave up')), 100)
    await expect(dialogue.expect(wanted)).rejects.toThrow('the kernel gave up')
  })

  test('is given up at once on abort, whatever is waited for', async () => {
    const giveUp = new AbortController()
    const { dialogue } = await scripted(giveUp.signal)
    setTimeout(() => giveUp.abort(new Error('enough')), 50)
    await expect(dialogue.sendLine('ls')).rejects.toThrow('enough')
    await expect(dialogue.expect(wanted)).rejects.toThrow('enough')
    await expect(dialogue.send('x')).rejects.toThrow('enough')
  })
})

describe('typing', () => {
  test.each([
    ['bash', BASH, 80],
    ['bash on a narrow terminal', BASH, 31],
    ['bash on a terminal that does not wrap', ['env', 'TERM=unknown', ...BASH], 40],
    ['busybox ash on a narrow terminal', ['busybox', 'ash', '-i'], 31],
    ['a shell without line editing', ['dash', '-i'], 40],
  ])('its echo is not taken for what the guest says: %s', async (_name, shell, columns) => {
    const { dialogue, log } = await onTerminal(shell, { columns })
    await dialogue.expect({ prompt })
    const line = `echo ${'naïve guest# '.repeat(15)} "[" $((40 + 2)) [ 1`
    await dialogue.sendLine(line)
    const { before } = await dialogue.expect({ prompt })
    expect(before.replaceAll(/\s+/g, ' ')).toBe(`${'naïve guest# '.repeat(15)}[ 42 [ 1 `)
    expect(log.filter((one) => one.includes('→'))).toEqual([`guest# → ${line}`])
  })

  test('its echo is known with messages of the kernel in it', async () => {
    const { dialogue } = await onTerminal(BASH, { spam: 0.005 })
    await dialogue.expect({ prompt })
    await dialogue.sendLine('echo one two three four five six seven')
    const { before } = await dialogue.expect({ prompt })
    expect(before.replaceAll(/^\[.*\n/gm, '')).toBe('one two three four five six seven\n')
  })

  test('its echo is known with lines of somebody else in it, which are no answer', async () => {
    const { dialogue, guest } = await scripted()
    guest.on('data', (chunk) => guest.write(String(chunk).replace('version', 'ver\r\nlink is up\r\nsion')))
    await dialogue.sendLine('show version')
    guest.write('1.2\r\n# ')
    expect((await dialogue.expect({ prompt: /# $/ })).before).toBe('1.2\n')
  })

  test('goes on only when the guest has taken what was typed', async () => {
    const { dialogue, guest, typed } = await scripted()
    const sent = dialogue.sendLine('a'.repeat(20))
    await pause(100)
    expect(typed()).toBe('a'.repeat(16))
    guest.write('a'.repeat(16))
    await pause(100)
    expect(typed()).toBe('a'.repeat(20))
    guest.write('a'.repeat(4))
    await sent
    await pause(50)
    expect(typed()).toBe(`${'a'.repeat(20)}\r`)
  })

  test('a line is text: control characters are refused, and nothing is typed', async () => {
    const { dialogue, typed } = await scripted()
    await expect(dialogue.sendLine('ls\nreboot')).rejects.toMatchObject({ code: 'SERIAL_TEXT' })
    await expect(dialogue.sendSecret('pass\rword')).rejects.not.toThrow('pass')
    expect(typed()).toBe('')
  })

  test('a secret is in no log, also where it is echoed', async () => {
    const masked: string[] = []
    const { dialogue, guest, log } = await scripted(undefined, (secret) => masked.push(secret))
    guest.on('data', (chunk) => guest.write(String(chunk).replace('\r', '\r\nyou typed s3cret-word\r\n# ')))
    guest.write('Password: ')
    await dialogue.expect({ password: /Password: $/ })
    await dialogue.sendSecret('s3cret-word')
    await dialogue.expect({ prompt: /# $/ })
    await expect(dialogue.expect({ no: /no/ }, { deadline: 0.1 })).rejects.toMatchObject({
      details: { lines: ['Password: → ••••', '••••', 'you typed ••••', '#'] },
    })
    expect(dialogue.transcript() + log.join()).not.toContain('s3cret')
    expect(masked).toEqual(['s3cret-word'])
  })
})
