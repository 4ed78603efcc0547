import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { serial } from '../../../core/index.ts'
import { configure, PROMPT } from '../../../plugins/vqfx-snapshot/console.ts'
import { passwordStatements, statements } from '../../../plugins/vqfx-snapshot/statements.ts'
import { scripted } from '../../machine/serial/guest.ts'

const WANTED = { hostname: 'lab', user: 'antidote' }
const HASH = '$1$salt$Vc1mYFhLu2lXPmCtPgyXC0'
const ALERT = 'ALERT:Auto image Upgrade will start. This can terminate config         CLI session(s).'

/** How a switch answers: what it says to a line, in its own words, where that is not the usual. */
type Words = Readonly<Record<string, string>>

/** A switch as projects have logged it: prompts, echo, modes. Gives what was typed. */
const answerAs = (guest: Socket, host: string, words: Words = {}, noise = ''): string[] => {
  const typed: string[] = []
  const at = host === '' ? 'root' : `root@${host}`
  const prompts = {
    login: `\r\n${host || 'Amnesiac'} (ttyd0)\r\n\r\nlogin: `,
    shell: `root@${host}:RE:0% `,
    operational: `{master:0}\r\n${at}> `,
    configuration: `\r\n{master:0}[edit]\r\n${at}# `,
  }
  type Mode = keyof typeof prompts | 'password'
  const modes: Readonly<Record<string, Mode>> = { cli: 'operational', configure: 'configuration' }
  const disturbed = new Set<Mode>()
  let mode: Mode = 'login'
  const to = (next: Mode): void => {
    mode = next
    guest.write(next === 'password' ? 'Password:' : prompts[next])
    // a message comes once behind each prompt
    if (noise !== '' && next !== 'password' && !disturbed.has(next)) guest.write(noise)
    disturbed.add(next)
  }
  /** Where a line leads to. */
  const after = (line: string): Mode => {
    if (mode === 'password') return line === 'Juniper' ? 'shell' : 'login'
    if (mode === 'login') return host === '' ? 'shell' : 'password'
    if (line === 'exit configuration-mode') return 'operational'
    if (line === 'exit') return mode === 'operational' ? 'shell' : 'login'
    return modes[line] ?? mode
  }
  const react = (line: string): void => {
    const usual = line === 'commit' ? 'configuration check succeeds\r\ncommit complete\r\n' : ''
    if (mode !== 'password' && mode !== 'login' && line !== '') {
      typed.push(line)
      guest.write(words[line] ?? usual)
    }
    to(line === '' && mode !== 'password' ? mode : after(line))
  }
  let rest = ''
  guest.on('data', (data) => {
    for (const character of String(data)) {
      if (mode !== 'password') guest.write(character === '\r' ? '\r\n' : character)
      if (character !== '\r') rest += character
      else {
        const line = rest
        rest = ''
        react(line)
      }
    }
  })
  to('login')
  return typed
}

const setUp = async (host: string, words?: Words, noise?: string) => {
  const { dialogue, guest, log } = await scripted()
  const typed = answerAs(guest, host, words, noise)
  const done = (async () => {
    await serial.login(dialogue, { user: 'root', password: 'Juniper', prompt: PROMPT, deadline: 20 })
    await dialogue.send('\r')
    const states = configure(statements(WANTED), passwordStatements(WANTED, HASH), 20)
    await dialogue.converse(states, { from: 'inside', to: 'done', deadline: 25 })
  })()
  return { done, typed, log }
}

describe('the console of the switch', () => {
  test.each([
    ['of the older releases, with a password', 'vqfx-re'],
    ['as it comes from the factory, with none', ''],
  ])('%s: every statement, one commit, and out again', async (_, host) => {
    const { done, typed, log } = await setUp(host)
    await done
    const all = [...statements(WANTED), ...passwordStatements(WANTED, HASH)]
    expect(typed.filter((line) => /^(set (?!cli)|delete )/.test(line))).toEqual(all)
    expect(typed.filter((line) => line === 'commit')).toHaveLength(1)
    expect(typed.slice(-2)).toEqual(['exit', 'exit'])
    expect(log.join('\n')).not.toContain(HASH)
  })

  test('a message behind a prompt does not hide it', async () => {
    const { done, typed } = await setUp('vqfx-re', {}, `\r\n${ALERT}\r\n`)
    // the login wants a prompt at the end of the text, and asks for it once more
    await done
    expect(typed).toContain('commit')
  })

  test('a statement to delete that is not there is no failure', async () => {
    const { done } = await setUp('vqfx-re', {
      'delete system login user vagrant': 'warning: statement not found\r\n',
    })
    await done
  })

  test('a statement that is refused ends it, with the words of the switch', async () => {
    const { done, typed } = await setUp('vqfx-re', {
      'set system services netconf rfc-compliant': '                            ^\r\nsyntax error.\r\n',
    })
    await expect(done).rejects.toMatchObject({
      code: 'SERIAL_REFUSED',
      message: expect.stringContaining('did not take "set system services netconf rfc-compliant"'),
      details: { lines: expect.arrayContaining(['syntax error.']) },
    })
    expect(typed).not.toContain('commit')
  })

  test('so does a commit that fails', async () => {
    const { done } = await setUp('vqfx-re', {
      commit:
        "[edit]\r\n  'system'\r\n    Missing mandatory statement: 'root-authentication'\r\nerror: commit failed: (missing mandatory statements)\r\n",
    })
    await expect(done).rejects.toMatchObject({
      code: 'SERIAL_REFUSED',
      message: expect.stringContaining('did not commit'),
      details: { lines: expect.arrayContaining(['error: commit failed: (missing mandatory statements)']) },
    })
  })
})
