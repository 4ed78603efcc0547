import { InvalidArgumentError } from 'commander'

/** What reads an option's text, and refuses it with a message. */
export const argument =
  <T>(parse: (text: string) => T | undefined, message: string) =>
  (text: string): T => {
    const value = parse(text)
    if (value === undefined) throw new InvalidArgumentError(message)
    return value
  }

export const number = argument(
  (text) => (/^\d+$/.test(text) ? Number(text) : undefined),
  'It must be a whole number.',
)

/** An option that may be given again: all of them. */
export const each =
  <T>(parse: (text: string) => T) =>
  (text: string, earlier: readonly T[] = []): T[] => [...earlier, parse(text)]
