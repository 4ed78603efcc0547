import { setImmediate as turn } from 'node:timers/promises'
import { type Found, find, prepared } from './match.ts'
import type { Session } from './session.ts'
import { HELD, typeKeys } from './type.ts'

export interface ExpectOptions {
  /** Seconds; 60 if left out. */
  deadline?: number
  /** Typed after a silence, to be shown a prompt that was lost: usually "\r". */
  wake?: string
  /** Seconds of silence before that, 5 if left out; doubled each time. */
  wakeAfter?: number
}

/** What came: the name of the pattern, its match, and the text before it. */
export interface Heard<K extends string> {
  is: K
  match: RegExpExecArray
  before: string
}

/** How something is waited for, within a deadline. */
export interface Wait extends Omit<ExpectOptions, 'deadline'> {
  /** As performance.now() tells the time. */
  until: number
  /** The error for then; `silent` where nothing came at all. */
  late(silent: boolean): Error
}

/** Milliseconds of silence after which what stands at the end of the text is taken for whole. */
const SETTLED = 50

/** Milliseconds until a match may be taken; more may come that belongs to it. */
const unsettled = ({ end, whole }: Found<string>, { reader }: Session, now: number): number =>
  whole || end < reader.text.length || reader.closed ? 0 : reader.heard + SETTLED - now

/** Waits until one of the patterns is in the text, and takes the text up to its end. */
export const listen = async <K extends string>(
  session: Session,
  patterns: Readonly<Record<K, RegExp>>,
  { until, late, wake, wakeAfter = 5 }: Wait,
): Promise<Heard<K>> => {
  const { reader, signal } = session
  const wanted = prepared(patterns)
  const began = performance.now()
  let quiet = wakeAfter * 1000
  let woken = began
  for (;;) {
    signal?.throwIfAborted()
    const { text, heard } = reader
    const now = performance.now()
    const found = find(wanted, text)
    const open = found ? unsettled(found, session, now) : 0
    if (found && open <= 0) {
      // on a busy host a time ends before what came within it was read
      if (!found.whole) await turn()
      if (reader.heard !== heard) continue
      reader.consume(found.end)
      return { is: found.is, match: found.match, before: text.slice(0, found.match.index) }
    }
    await session.check()
    if (now >= until) throw late(heard < began)
    const held = reader.holds ? heard + HELD - now : Number.POSITIVE_INFINITY
    if (held <= 0) reader.take(undefined)
    const silence = Math.max(heard, woken) + quiet - now
    const sleeps = wake !== undefined && !found && silence <= 0
    if (sleeps) {
      await typeKeys(session, wake)
      woken = now
      quiet *= 2
    }
    if (held <= 0 || sleeps) continue
    const times = [until - now, held, ...(found ? [open] : []), ...(wake === undefined ? [] : [silence])]
    await reader.next(Math.min(...times), signal)
  }
}
