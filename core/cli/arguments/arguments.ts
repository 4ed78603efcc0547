import { InvalidArgumentError } from 'commander'

/** What reads an option's text, and refuses it with a message. */
export const argument =
  <T>(parse: (text: string) => T | undefined, message: string) =>
  (text: string): T => {
    const value = parse(text)
    if (value === undefined) throw new InvalidArgumentError(message)
    return value
  }

/** A whole number within bounds. */
export const numberUpTo = (most: number, least = 0) =>
  argument((text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
    return value >= least && value <= most ? value : undefined
  }, `It must be a whole number from ${least} to ${most}.`)

/** An option that may be given again: all of them. */
export const each =
  <T>(parse: (text: string) => T) =>
  (text: string, earlier: readonly T[] = []): T[] => [...earlier, parse(text)]
