/** A value that no log, record or message shows. It takes part in keys by a digest with the store's key. */
export interface Secret {
  readonly secret: true
  /** The value itself, for the one place that needs it. */
  reveal(): string
  toJSON(): string
}

const HIDDEN = '••••'

/** Wraps a value so that it cannot be printed by accident. */
export const secret = (value: string): Secret =>
  Object.freeze({
    secret: true as const,
    reveal: () => value,
    toJSON: () => HIDDEN,
    toString: () => HIDDEN,
  })

export const isSecret = (value: unknown): value is Secret =>
  typeof value === 'object' && value !== null && (value as Secret).secret === true && 'reveal' in value

/** The value of an option that may be given plainly or as a secret. */
export const reveal = (value: string | Secret): string => (isSecret(value) ? value.reveal() : value)
