import { relative } from 'node:path'
import type { AntidoteError, Place } from '../../base/errors/error.ts'
import { explained } from '../../base/errors/explained.ts'
import { printable } from '../../base/text/printable.ts'
import { crashLog } from './crash-log.ts'
import { readerGone, say, tellDocument } from './output.ts'
import { style } from './style.ts'

const documentOf = ({ message, code, trail, details, log }: AntidoteError): Record<string, unknown> => {
  const { place, lines = [], hint } = details
  return { code, message, trail, ...(hint && { hint }), ...(place && { place }), lines, ...(log && { log }) }
}

/** An error as programs read it. */
export const errorDocument = (error: unknown): Record<string, unknown> => documentOf(explained(error))

/** A file as seen from the working directory, which may be gone; whole where that is shorter to read. */
const near = (file: string): string => {
  try {
    const path = relative('', file)
    return path === '' || path.startsWith('../../') ? file : path
  } catch {
    return file
  }
}

const placeText = ({ file, line, property }: Place): string =>
  `${near(file)}${line ? `:${line}` : ''}${property ? ` ${property}` : ''}`

/** Prints an error for a person, and for a program with `json`. Gives the exit status it means. */
export const printError = (thrown: unknown, json = false): number => {
  const error = explained(thrown)
  const { code, trail, details } = error
  const log = error.log ?? (code === 'INTERNAL' ? crashLog(error.cause) : undefined)
  if (log) error.log = log
  const { place, lines = [], hint, exitCode = 1 } = details
  // what stopped because nobody reads is no news
  if (!readerGone.aborted) {
    // where no log can be written, the place in the code has nowhere else to go
    const stack =
      code === 'INTERNAL' && !error.log ? String((error.cause as Error)?.stack ?? '').split('\n') : []
    const output = [
      ...(trail.length > 0 ? [style.dim(printable(trail.join(' › ')))] : []),
      `${style.bad(code === 'INTERRUPTED' ? 'stopped' : 'error')} ${printable(error.message)}`,
      ...(place ? [`   at ${printable(placeText(place))}`] : []),
      ...[...lines, ...stack].map((line) => style.dim(`    │ ${printable(line)}`)),
      ...(hint ? [`  ${style.good('→')} ${printable(hint)}`] : []),
      ...(error.log ? [style.dim(`   log ${printable(error.log)}`)] : []),
    ]
    say(`${output.join('\n')}\n`)
  }
  if (json) tellDocument({ error: documentOf(error) })
  return exitCode
}
