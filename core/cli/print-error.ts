import { relative } from 'node:path'
import { isAntidoteError, messageOf } from '../errors/error.ts'
import { style } from './display/style.ts'

/** An error as programs read it. */
export const errorDocument = (error: unknown): Record<string, unknown> => {
  if (!isAntidoteError(error)) return { code: 'INTERNAL', message: messageOf(error) }
  const { message, code, trail, details, log } = error
  const { place, lines = [], hint } = details
  return { code, message, trail, ...(hint && { hint }), ...(place && { place }), lines, ...(log && { log }) }
}

/** Prints an error for a person, and for a program with `json`. Gives the exit status it means. */
export const printError = (error: unknown, json = false): number => {
  if (!isAntidoteError(error)) {
    process.stderr.write(`${style.bad('error')} ${error instanceof Error ? error.stack : messageOf(error)}\n`)
    if (json) process.stdout.write(`${JSON.stringify({ error: errorDocument(error) })}\n`)
    return 1
  }
  const { message, code, trail, details, log } = error
  const { place, lines = [], hint, exitCode = 1 } = details
  const where =
    place &&
    `${relative('', place.file) || place.file}${place.line ? `:${place.line}` : ''}${place.property ? ` ${place.property}` : ''}`
  const output = [
    ...(trail.length > 0 ? [style.dim(trail.join(' › '))] : []),
    `${style.bad(code === 'INTERRUPTED' ? 'stopped' : 'error')} ${message}`,
    ...(where ? [`   at ${where}`] : []),
    ...lines.map((line) => style.dim(`    │ ${line}`)),
    ...(hint ? [`  ${style.good('→')} ${hint}`] : []),
    ...(log ? [style.dim(`   log ${log}`)] : []),
  ]
  process.stderr.write(`${output.join('\n')}\n`)
  if (json) process.stdout.write(`${JSON.stringify({ error: errorDocument(error) })}\n`)
  return exitCode
}
