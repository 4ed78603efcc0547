import { errors } from '../errors/catalogue.ts'

const PLAIN = /^[A-Za-z0-9_@%+:,./-]+$/

/** One word of POSIX sh that means exactly `text`, whatever is in it. Throws GUEST_ARGUMENT on a NUL byte. */
export const quote = (text: string): string => {
  if (text.includes('\0')) throw errors.guestArgument(text.replaceAll('\0', '\\0'))
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** A command line of POSIX sh that runs exactly this argument vector. */
export const quoteAll = (argv: readonly string[]): string => argv.map(quote).join(' ')
