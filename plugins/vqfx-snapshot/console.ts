import { type DialogueState, type Reaction, type Secret, serial } from 'antidote'

/**
 * The prompts of the console, with a host name or, from the factory, without: `root@vqfx-re:RE:0%` of the shell,
 * `root@vqfx-re>` and `root@vqfx-re#` of the CLI, after a line such as `{master:0}[edit]`. As logged by vrnetlab's vqfx.
 */
const SHELL = /(?:^|\n)[\w.-]*@[\w.:-]*%(?:\s|$)/
const OPERATIONAL = /(?:^|\n)[\w.-]+(?:@[\w.-]+)?>(?:\s|$)/
const CONFIGURATION = /(?:^|\n)[\w.-]+(?:@[\w.-]+)?#(?:\s|$)/

/** Any of them, for a login from wherever the console is. A message may stand behind it, on the next line. */
export const PROMPT = new RegExp([SHELL, OPERATIONAL, CONFIGURATION].map(({ source }) => source).join('|'))

/**
 * How the CLI refuses a command or a statement: at the start of a line, where messages of daemons have their time. A
 * missing statement to delete is only a warning.
 */
const REFUSAL = /(?:^|\n)(?:syntax error|unknown command|missing argument|invalid value|error: )[^\n]*/

/** A console may be told something in between: after a silence the prompt is asked for once more. */
const PATIENCE = { deadline: 600, wake: '\r', wakeAfter: 30 }

type Typed = { line: string } | { secret: string | Secret }

const refused = (typed: Typed | undefined): Reaction => ({
  see: REFUSAL,
  fail: typed && 'line' in typed ? `the switch did not take "${typed.line}"` : 'the switch refused it',
  hint: 'Its own words are in the last lines. Another release may have other statements.',
})

/** Commands one after the other, each at the prompt, and none after one that was refused. */
const sequence = (
  name: string,
  prompt: RegExp,
  commands: readonly Typed[],
  next: string,
): Record<string, DialogueState> =>
  Object.fromEntries(
    commands.map((command, at) => {
      const to = at + 1 < commands.length ? `${name} ${at + 2}` : next
      const on = [refused(commands[at - 1]), ...serial.pagers, { see: prompt, ...command, to }]
      return [`${name} ${at + 1}`, { on, ...PATIENCE }]
    }),
  )

/**
 * From the shell or the CLI to a committed configuration, and out again to the login prompt: the states of a dialogue
 * from `inside` to `done`. Messages are those of the Junos CLI User Guide, "Commit the Configuration".
 */
export const configure = (
  open: readonly string[],
  hidden: readonly string[],
  commitDeadline: number,
): Record<string, DialogueState> => ({
  inside: {
    on: [
      { see: SHELL, line: 'cli', to: 'terminal 1' },
      { see: CONFIGURATION, line: 'exit configuration-mode' },
      { see: OPERATIONAL, line: 'set cli screen-length 0', to: 'terminal 1' },
    ],
    ...PATIENCE,
  },
  ...sequence(
    'terminal',
    OPERATIONAL,
    // no pages, no scrolling of long lines, no completion of what is typed
    ['set cli screen-length 0', 'set cli screen-width 511', 'set cli complete-on-space off', 'configure'].map(
      (line) => ({ line }),
    ),
    'statement 1',
  ),
  ...sequence(
    'statement',
    CONFIGURATION,
    [...open.map((line) => ({ line })), ...hidden.map((secret) => ({ secret })), { line: 'commit' }],
    'commit',
  ),
  commit: {
    on: [
      { see: /commit complete/, to: 'leave' },
      {
        see: REFUSAL,
        fail: 'the switch did not commit the configuration',
        hint: 'Its own words are in the last lines.',
      },
    ],
    deadline: commitDeadline,
  },
  leave: {
    on: [
      { see: CONFIGURATION, line: 'exit configuration-mode' },
      { see: OPERATIONAL, line: 'exit' },
      { see: SHELL, line: 'exit' },
      { see: /login: *$/, to: 'done' },
    ],
    ...PATIENCE,
  },
})
