import type { Secret } from '../../base/model/secret.ts'

/** What is typed: keys as they are, a line with Enter after its echo, or a line that no log shows. */
export interface Reply {
  /** Typed as it is; no echo is awaited. */
  send?: string
  /** Typed in pieces, each awaited by its echo, then Enter. */
  line?: string
  /** Typed without waiting for an echo, then Enter; masked in every log. */
  secret?: string | Secret
}

/** One thing that may be said, and what comes of it. */
export interface Reaction extends Reply {
  see: RegExp
  /** What is typed, where it depends on what was said. */
  reply?: (match: RegExpExecArray) => Reply
  /** The next state, or the end; the same one goes on waiting if left out. */
  to?: string
  /** Ends the dialogue with SERIAL_REFUSED and this reason, after the reply. */
  fail?: string
  /** What to do about it. */
  hint?: string
}

/** A state of a dialogue. What stands first in the text counts, then what stands first in the list. */
export interface DialogueState {
  on: readonly Reaction[]
  /** Seconds from entering it to leaving it; 60 if left out. */
  deadline?: number
  /** Typed after a silence, to be shown a prompt that was lost: usually "\r". */
  wake?: string
  /** Seconds of silence before that, 5 if left out; doubled each time. */
  wakeAfter?: number
}
