import { errors } from '../errors/catalogue.ts'
import type { DialogueScene } from '../errors/serial.ts'
import type { Dialogue, Heard, Wait } from './dialogue.ts'
import type { DialogueState, Reaction, Reply } from './states.ts'

export interface ConverseOptions {
  /** The first state. */
  from: string
  /** Where the dialogue ends. */
  to: string
  /** Seconds for all of it. */
  deadline: number
}

/** What the state machine has of the dialogue beside what everybody has. */
interface Stage {
  /** Says where it is, and until when, as performance.now() tells the time. */
  enter(state?: string, until?: number): void
  scene(): DialogueScene
  listen(patterns: Readonly<Record<string, RegExp>>, wait: Wait): Promise<Heard<string>>
}

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

const answer = async (dialogue: Dialogue, { send, line, secret }: Reply): Promise<void> => {
  if (send !== undefined) await dialogue.send(send)
  if (line !== undefined) await dialogue.sendLine(line)
  if (secret !== undefined) await dialogue.sendSecret(secret)
}

/** Goes from state to state, see Dialogue.converse. */
export const converse = async (
  dialogue: Dialogue,
  states: Readonly<Record<string, DialogueState>>,
  options: ConverseOptions,
  stage: Stage,
): Promise<void> => {
  check(dialogue.name, states, options)
  const end = performance.now() + options.deadline * 1000
  let state = options.from
  try {
    while (state !== options.to)
      state = await visit(dialogue, state, states[state]!, { ...options, end }, stage)
  } finally {
    stage.enter()
  }
}

/** Reacts in one state until something leads out of it; gives the next. */
const visit = async (
  dialogue: Dialogue,
  state: string,
  { on, deadline = DEADLINE, ...waking }: DialogueState,
  options: ConverseOptions & { end: number },
  stage: Stage,
): Promise<string> => {
  const entered = performance.now()
  const until = Math.min(entered + deadline * 1000, options.end)
  stage.enter(state, until)
  const patterns = Object.fromEntries(on.map(({ see }, index) => [`reaction ${index}`, see]))
  const awaited = on.map(({ see }) => String(see))
  const late = (silent: boolean) =>
    until < options.end
      ? errors.serialTimeout(stage.scene(), awaited, deadline, silent)
      : errors.serialOverdue(stage.scene(), options, awaited, Math.round((until - entered) / 1000))
  for (;;) {
    const { is, match } = await stage.listen(patterns, { ...waking, until, late })
    const reaction: Reaction = on[Object.keys(patterns).indexOf(is)]!
    await answer(dialogue, { ...reaction, ...reaction.reply?.(match) })
    if (reaction.fail !== undefined) throw errors.serialRefused(stage.scene(), reaction.fail, reaction.hint)
    if (reaction.to !== undefined) return reaction.to
  }
}
