/** Where in a user's file an error stems from. */
export interface Place {
  file: string
  line?: number | undefined
  property?: string
}

/** What an error carries beside its one-sentence message. */
export interface ErrorDetails {
  /** What to do, as one sentence. */
  hint?: string
  place?: Place
  /** The last lines of a command or a console. */
  lines?: string[]
  /** 2 for usage and config, 1 for everything that failed while running. */
  exitCode?: 1 | 2 | 130
  /** It may pass by itself: worth another attempt. */
  passing?: boolean
  cause?: unknown
}

/** Every error that antidote itself raises: a stable code, one sentence, and what to do. */
export class AntidoteError extends Error {
  readonly code: string
  readonly details: ErrorDetails
  /** image › plugin › stage › tap, set by the lifecycle. */
  trail: string[] = []
  /** The whole log of the step that failed. */
  log?: string

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'AntidoteError'
    this.code = code
    this.details = details
  }
}

/** True for an error of ours, whichever copy of the package raised it. */
export const isAntidoteError = (error: unknown): error is AntidoteError =>
  error instanceof Error && error.name === 'AntidoteError' && 'code' in error

/** The sentence of anything that was thrown. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
