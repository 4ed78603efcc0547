import { reveal, type Secret } from '../../base/model/secret.ts'
import type { Dialogue } from './dialogue.ts'
import type { DialogueState, Reaction, Reply } from './states.ts'

export interface LoginOptions {
  user: string
  password: string | Secret
  /** The prompt of who is logged in, at the end of the text: /[#$] $/. */
  prompt: RegExp
  /** What the password becomes where the guest wants a new one at the first login. */
  newPassword?: string | Secret
  /** Seconds for all of it, 300 if left out. */
  deadline?: number
}

// the words of login(1) and PAM, and of others like them
const USER = /(?<!last |failed )(?:login|username): *$/i
const PASSWORD = /password[^:\n]*: *$/i
const CURRENT = /(?:current|old)[^:\n]* password: *$/i
const NEW = /new[^:\n]* password[^:\n]*: *$/i
const AGAIN = /(?:retype|re-enter|reenter|repeat|confirm|verify)[^:\n]*: *$|password[^:\n]*again[^:\n]*: *$/i
const WRONG =
  /^(?:login incorrect|incorrect (?:login|password)|authentication fail(?:ure|ed)|(?:permission|access) denied)[.!]? *$/im

/**
 * Logs in on a console of the Unix kind, from wherever it is: silent, at the login prompt, or logged in. Throws
 * SERIAL_REFUSED where the guest does not take the password, or wants another one.
 */
export const login = async (dialogue: Dialogue, options: LoginOptions): Promise<void> => {
  const { user, newPassword, prompt, deadline = 300 } = options
  let { password } = options
  // one that is the user's name hides nothing, and masked it would be missing in every message
  const own = (): Reply => (reveal(password) === user ? { send: `${user}\r` } : { secret: password })
  const inside: Reaction = { see: prompt, to: 'done' }
  // a slow guest may not wait until the password is there: the words of shadow's login(1) and of util-linux'
  const late: Reaction = { see: /login:? timed out/i, to: 'user' }
  const wrong: Reaction = {
    see: WRONG,
    fail: `the guest did not take the password of "${user}"`,
    hint: 'Check user and password.',
  }
  const asked: Reaction = {
    see: USER,
    fail: `the guest asked for a user again after the password of "${user}"`,
  }
  const unchanged: Reaction = {
    see: NEW,
    fail: `the guest did not take the new password of "${user}"`,
    hint: 'Its reason is in the last lines.',
  }
  const expired: Reaction[] =
    newPassword === undefined
      ? [CURRENT, NEW].map((see) => ({
          see,
          fail: `the guest wants a new password for "${user}", and none was given`,
          hint: 'Give one as `newPassword`.',
        }))
      : [
          { see: CURRENT, reply: own },
          { see: NEW, secret: newPassword, to: 'again' },
        ]
  const anew = () => {
    password = newPassword ?? password
    return { line: user }
  }
  const states: Record<string, DialogueState> = {
    user: { on: [{ see: USER, line: user, to: 'password' }, inside], wake: '\r' },
    password: {
      on: [late, wrong, { see: PASSWORD, reply: own, to: 'answer' }, inside],
    },
    answer: { on: [late, wrong, asked, ...expired, inside] },
    again: { on: [{ see: AGAIN, secret: newPassword ?? '', to: 'changed' }, wrong, unchanged, asked] },
    // some want the new one at once
    changed: { on: [wrong, unchanged, { see: USER, reply: anew, to: 'password' }, inside] },
  }
  const timed = Object.entries(states).map(([name, state]) => [name, { ...state, deadline }] as const)
  await dialogue.converse(Object.fromEntries(timed), { from: 'user', to: 'done', deadline })
}
