import { AntidoteError, type Dialogue, type DialogueState, reveal, type Secret, serial } from 'antidote'
import { isRelease, type Release } from './releases.ts'

/**
 * The prompts of bash: `cumulus@switch:~$` where logins are not in the management VRF, `cumulus@cumulus:mgmt:~$` where
 * they are, `root@cumulus:mgmt:~#` after sudo. "SSH within a Management VRF Context", 3.7, and the Quick Start Guides.
 */
const USER = /(?:^|\n)[\w.-]+@[\w.-]+:\S*\$ $/
const ROOT = /(?:^|\n)root@[\w.-]+:\S*# $/
export const PROMPT = new RegExp(`${USER.source}|${ROOT.source}`)

/** A console may be told something in between: after a silence the prompt is asked for once more. */
const PATIENCE = { deadline: 600, wake: '\r', wakeAfter: 30 }

const ON_ROOT = { prompt: ROOT, deadline: 600 }

/** Checks that it is the system and release that was named. Throws CUMULUS_FOREIGN and CUMULUS_RELEASE. */
export const identify = async (console: Dialogue, release: Release): Promise<void> => {
  const { output } = await serial.run(console, ['cat', '/etc/lsb-release'], {
    prompt: PROMPT,
    deadline: 600,
    allowFailure: true,
  })
  const value = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(output)?.[1]
  if (!value('DISTRIB_ID')?.startsWith('Cumulus'))
    throw new AntidoteError('CUMULUS_FOREIGN', 'The disk is none of Cumulus Linux by its /etc/lsb-release.', {
      lines: output.split('\n'),
      hint: 'Check that `disk` is an image of Cumulus VX.',
    })
  const found = value('DISTRIB_RELEASE') ?? ''
  if (isRelease(found, release)) return
  throw new AntidoteError('CUMULUS_RELEASE', `The disk has release ${found}, not ${release.name}.`, {
    hint: `Write release: '${found}'.`,
  })
}

/** From the user's prompt to root's; which of the passwords counts hangs on whether a new one was wanted. */
const becomeRoot = (user: string, passwords: readonly (string | Secret)[]): Record<string, DialogueState> => {
  const left = [...passwords]
  return {
    inside: { on: [{ see: USER, line: 'sudo -i', to: 'sudo' }], ...PATIENCE },
    sudo: {
      on: [
        {
          see: /password for [^\n]*: *$/,
          reply: () => {
            const secret = left.shift() ?? ''
            // the vendor's own, a word of every message
            return reveal(secret) === user ? { send: `${user}\r` } : { secret }
          },
        },
        {
          see: /incorrect password attempt|not in the sudoers file|not allowed to/,
          fail: `sudo did not let "${user}" become root`,
          hint: 'Its own words are in the last lines.',
        },
        { see: ROOT, to: 'root' },
      ],
      deadline: 600,
    },
  }
}

/** Becomes root from the prompt of a user who is logged in. Throws SERIAL_REFUSED. */
export const elevate = async (
  console: Dialogue,
  user: string,
  passwords: readonly (string | Secret)[],
): Promise<void> => {
  // the prompt was taken with the command before
  await console.send('\r')
  await console.converse(becomeRoot(user, passwords), { from: 'inside', to: 'root', deadline: 900 })
}

/** Runs commands as root, one after the other. Throws GUEST_COMMAND_FAILED at the first that fails. */
export const runAll = async (console: Dialogue, commands: readonly (readonly string[])[]): Promise<void> => {
  for (const command of commands) await serial.run(console, command, ON_ROOT)
}

/** chpasswd(8), with hashes that the terminal does not show. */
const CHPASSWD = "sh -c 'stty -echo; echo begin; chpasswd -e; echo end $?; stty echo'"

/** Sets passwords by their hashes, so no rule for passwords applies. */
export const setPasswords = async (
  console: Dialogue,
  users: readonly string[],
  hash: string,
): Promise<void> => {
  await console.sendLine(CHPASSWD)
  await console.expect({ begin: /(?:^|\n)begin\n/ }, { deadline: 600 })
  for (const user of users) await console.sendSecret(`${user}:${hash}`)
  await console.send('\x04')
  const states: Record<string, DialogueState> = {
    end: {
      on: [
        { see: /(?:^|\n)end 0\n/, to: 'prompt' },
        { see: /(?:^|\n)end [1-9]/, fail: 'chpasswd did not take the passwords' },
      ],
      deadline: 600,
    },
    prompt: { on: [{ see: ROOT, to: 'done' }], ...PATIENCE },
  }
  await console.converse(states, { from: 'end', to: 'done', deadline: 900 })
}

/** Out of every shell, to the login prompt, so that nobody's is left in a saved machine. */
export const leave = async (console: Dialogue): Promise<void> => {
  await console.send('\r')
  const states: Record<string, DialogueState> = {
    leave: {
      on: [
        { see: PROMPT, line: 'exit' },
        { see: /login: *$/, to: 'done' },
      ],
      ...PATIENCE,
    },
  }
  await console.converse(states, { from: 'leave', to: 'done', deadline: 900 })
}
