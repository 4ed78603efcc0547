import type { Secret } from '../lifecycle/secret.ts'
import type { Dialogue } from './dialogue.ts'
import type { DialogueState, Reaction } from './states.ts'

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

const USER = /(?<!last )(?:login|username): *$/i
const PASSWORD = /password[^:\n]*: *$/i
const CURRENT = /(?:current|old)[^:\n]* password: *$/i
const AGAIN = /(?:retype|re-enter|reenter|repeat|confirm|verify)[^:\n]*: *$|password[^:\n]*again[^:\n]*: *$/i
const NEW = /new[^:\n]* password[^:\n]*: *$/i
const WRONG =
  /login incorrect|incorrect (?:login|password)|authentication fail|permission denied|access denied/i

/**
 * Logs in on a console of the Unix kind, from wherever it is: silent, at the login prompt, or logged in. Throws
 * SERIAL_REFUSED where the guest does not take the password, or wants another one.
 */
export const login = async (dialogue: Dialogue, options: LoginOptions): Promise<void> => {
  const { user, newPassword, prompt, deadline = 300 } = options
  let password = options.password
  const inside: Reaction = { see: prompt, to: 'done' }
  const wrong: Reaction[] = [
    // a slow guest may not wait until the password is there
    { see: /login timed out/i, to: 'user' },
    {
      see: WRONG,
      fail: `the guest did not take the password of "${user}"`,
      hint: 'Check user and password.',
    },
    { see: USER, fail: `the guest asked for a user again after "${user}" had given the password` },
  ]
  const expired: Reaction[] =
    newPassword === undefined
      ? [
          {
            see: /(?:change|expired)[^\n]*password|password[^\n]*(?:change|expired)/i,
            fail: `the guest wants a new password for "${user}", and none was given`,
            hint: 'Give one as `newPassword`.',
          },
        ]
      : [
          { see: CURRENT, reply: () => ({ secret: password }) },
          { see: AGAIN, fail: 'the guest asked for the new password again before it was given' },
          { see: NEW, secret: newPassword, to: 'again' },
        ]
  const states: Record<string, DialogueState> = {
    user: { on: [{ see: USER, line: user, to: 'password' }, inside], deadline, wake: '\r' },
    password: {
      on: [...wrong, { see: PASSWORD, reply: () => ({ secret: password }), to: 'answer' }, inside],
      deadline,
    },
    answer: { on: [...wrong, ...expired, inside], deadline },
    again: {
      on: [
        { see: AGAIN, secret: newPassword ?? '', to: 'changed' },
        {
          see: NEW,
          fail: 'the guest did not take the new password',
          hint: 'Its reason is in the last lines.',
        },
        ...wrong.slice(1),
      ],
      deadline,
    },
    changed: {
      on: [
        {
          see: USER,
          reply: () => {
            password = newPassword ?? password
            return { line: user }
          },
          to: 'password',
        },
        {
          see: NEW,
          fail: 'the guest did not take the new password',
          hint: 'Its reason is in the last lines.',
        },
        ...wrong.slice(1, 2),
        inside,
      ],
      deadline,
    },
  }
  await dialogue.converse(states, { from: 'user', to: 'done', deadline })
}
