import { errors } from '../../base/errors/catalogue.ts'
import { reveal } from '../../base/model/secret.ts'
import { listen } from './listen.ts'
import type { Session } from './session.ts'
import type { DialogueState, Reaction, Reply } from './states.ts'
import { typeKeys, typeLine, typeSecret } from './type.ts'

export interface ConverseOptions {
  /** The first state. */
  from: string
  /** Where the dialogue ends. */
  to: string
  /** Seconds for all of it. */
  deadline: number
}

/** Seconds for a state that does not say. */
const DEADLINE = 60

/** Every state that is named is one, or the end. */
const check = (
  name: string,
  states: Readonly<Record<string, DialogueState>>,
  { from, to }: ConverseOptions,
): void => {
  const known = new Set([...Object.keys(states), to])
  if (!known.has(from)) throw errors.serialState(name, 'its beginning', from)
  for (const [state, { on }] of Object.entries(states)) {
    const lost = on.find((reaction) => reaction.to !== undefined && !known.has(reaction.to))
    if (lost) throw errors.serialState(name, state, lost.to!)
  }
}

const answer = async (session: Session, { send, line, secret }: Reply): Promise<void> => {
  if (send !== undefined) await typeKeys(session, send)
  if (line !== undefined) await typeLine(session, line)
  if (secret !== undefined) await typeSecret(session, reveal(secret))
}

/** Goes from state to state, see Dialogue.converse. */
export const converse = async (
  session: Session,
  states: Readonly<Record<string, DialogueState>>,
  options: ConverseOptions,
): Promise<void> => {
  check(session.name, states, options)
  const end = performance.now() + options.deadline * 1000
  let state = options.from
  try {
    while (state !== options.to) state = await visit(session, state, states[state]!, { ...options, end })
  } finally {
    session.state = undefined
  }
}

/** Reacts in one state until something leads out of it; gives the next. */
const visit = async (
  session: Session,
  name: string,
  { on, deadline = DEADLINE, ...waking }: DialogueState,
  options: ConverseOptions & { end: number },
): Promise<string> => {
  const entered = performance.now()
  const until = Math.min(entered + deadline * 1000, options.end)
  session.state = { name, until }
  // not those that only keep it going
  const leading = on.filter(({ to, fail }) => to !== undefined || fail !== undefined)
  const awaited = leading.map(({ see }) => String(see))
  const late = (silent: boolean) =>
    until < options.end
      ? errors.serialTimeout(session.scene(), awaited, deadline, silent)
      : errors.serialOverdue(
          session.scene(),
          options.to,
          options.deadline,
          awaited,
          Math.round((until - entered) / 100) / 10,
        )
  const patterns = Object.fromEntries(on.map(({ see }, index) => [`reaction ${index}`, see]))
  for (;;) {
    const { is, match } = await listen(session, patterns, { ...waking, until, late })
    const reaction: Reaction = on[Object.keys(patterns).indexOf(is)]!
    await answer(session, { ...reaction, ...reaction.reply?.(match) })
    if (reaction.fail !== undefined) throw errors.serialRefused(session.scene(), reaction.fail, reaction.hint)
    if (reaction.to !== undefined) return reaction.to
  }
}
