import { fileURLToPath } from 'node:url'
import { errors } from '../base/errors/catalogue.ts'
import { type AntidoteError, isAntidoteError, messageOf, type Place } from '../base/errors/error.ts'
import { systemError } from '../base/errors/explained.ts'

/** Whose code runs. */
interface Owner {
  plugin: string
  stage: string
  name: string
}

/** Runs a tap so that whatever it throws says image › plugin › stage › tap. */
export const attribute = async <T>(
  image: { name: string },
  owner: Owner,
  call: () => T | Promise<T>,
): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    if ((error as Error)?.name === 'AbortError') throw errors.interrupted()
    const named = isAntidoteError(error) ? error : fromPlugin(owner, error)
    if (named.trail.length === 0) named.trail = [image.name, owner.plugin, owner.stage, owner.name]
    throw named
  }
}

const CORE = fileURLToPath(new URL('..', import.meta.url))

/** The first line of a stack that is neither ours nor Node's: where a plugin's mistake is. */
const placeOf = (error: unknown): Place | undefined => {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const [, at, line] of stack.matchAll(/^\s+at (?:.*\()?((?:file:\/\/)?\/.+):(\d+):\d+\)?$/gm)) {
    const file = at!.startsWith('file:') ? fileURLToPath(at!) : at!
    if (!file.startsWith(CORE)) return { file, line: Number(line) }
  }
  return undefined
}

/** Calls a plugin's `apply` so that whatever it throws says image › plugin. */
export const attributeApply = (image: { name: string }, plugin: string, apply: () => unknown): void => {
  try {
    const result = apply()
    if (typeof result === 'object' && result !== null && 'then' in result) throw errors.applyAsync(plugin)
  } catch (error) {
    const place = placeOf(error)
    const named = isAntidoteError(error) ? error : errors.applyThrew(plugin, messageOf(error), place, error)
    if (place) Object.assign(named, { details: { place, ...named.details } })
    named.trail = [image.name, plugin]
    throw named
  }
}

const fromPlugin = ({ plugin, name }: Owner, error: unknown): AntidoteError => {
  const system = systemError(error)
  if (system && plugin === 'antidote') return system
  return errors.tapThrew(plugin, name, system?.message ?? messageOf(error), placeOf(error), error)
}

/** A text without secrets. */
export const maskText = (text: string, masked: ReadonlySet<string>): string =>
  [...masked].reduce((result, value) => (value ? result.replaceAll(value, '••••') : result), text)

/** Takes the secrets of a step out of an error: a command line or its last lines may hold them. */
export const maskError = (error: unknown, masked: ReadonlySet<string>): unknown => {
  if (!(error instanceof Error) || masked.size === 0) return error
  error.message = maskText(error.message, masked)
  if (isAntidoteError(error) && error.details.lines)
    Object.assign(error.details, { lines: error.details.lines.map((line) => maskText(line, masked)) })
  return error
}
