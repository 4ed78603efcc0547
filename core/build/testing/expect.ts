import { pause } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import type { ExecOptions, Guest } from '../../machine/guest/guest.ts'

const lines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-15)

const matches = (text: string, expected: string | RegExp): boolean =>
  typeof expected === 'string' ? text.trim() === expected.trim() : expected.test(text)

/** What was expected, and that a text stands for all of it where it was found among more. */
const shown = (text: string, expected: string | RegExp): string => {
  if (typeof expected !== 'string') return String(expected)
  const among = text.includes(expected.trim()) ? ' alone; for a part of it write a pattern, like /text/' : ''
  return `"${expected.trim()}"${among}`
}

/**
 * Runs a command in the guest and compares what it prints: a string must equal it without the white space
 * around it, a pattern must match somewhere. Throws EXPECTATION, and GUEST_COMMAND_FAILED where it fails.
 */
export const expectOutput = async (
  guest: Guest,
  argv: readonly string[],
  expected: string | RegExp,
  options: ExecOptions = {},
): Promise<void> => {
  const { stdout, stderr } = await guest.exec(argv, options)
  if (matches(stdout, expected)) return
  throw errors.expectation(
    `\`${argv.join(' ')}\` did not print ${shown(stdout, expected)}.`,
    lines(`${stdout}\n${stderr}`),
  )
}

/** Runs a command whose output is to name these, one after the other. Throws EXPECTATION, GUEST_COMMAND_FAILED. */
export const expectInOrder = async (
  guest: Guest,
  argv: readonly string[],
  names: readonly string[],
): Promise<void> => {
  const { stdout, stderr } = await guest.exec(argv)
  let from = 0
  for (const name of names) {
    const at = stdout.toLowerCase().indexOf(name, from)
    if (at < 0)
      throw errors.expectation(
        `\`${argv.join(' ')}\` does not show ${name}, or not in its place.`,
        lines(`${stdout}\n${stderr}`),
      )
    from = at + name.length
  }
}

/** The same for the content of a file of the guest. Throws EXPECTATION. */
export const expectFile = async (guest: Guest, path: string, expected: string | RegExp): Promise<void> => {
  const content = (await guest.read(path)).toString()
  if (!matches(content, expected))
    throw errors.expectation(`${path} does not hold ${shown(content, expected)}.`, lines(content))
}

/**
 * Repeats a check until it does not throw, for what a guest starts in the background; after `timeout`
 * milliseconds, 30 s if left out, throws what the check threw last. A failure of the connection ends it.
 */
export const eventually = async (check: () => Promise<void>, timeout = 30_000): Promise<void> => {
  const end = Date.now() + timeout
  for (;;) {
    try {
      return await check()
    } catch (error) {
      const hopeless = isAntidoteError(error) && !['EXPECTATION', 'GUEST_COMMAND_FAILED'].includes(error.code)
      if (hopeless || Date.now() >= end) throw error
      await pause(500)
    }
  }
}
