import { accessSync, closeSync, constants, lstatSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, type Place } from '../../base/errors/error.ts'
import { openRegular, reading } from '../../base/files/regular.ts'
import { nearest } from '../../base/text/nearest.ts'
import { describeValue, explainIssue } from '../../base/validation/explain-issue.ts'
import { PLUGIN_API, type Plugin } from '../plugin/plugin.ts'
import type { Image } from './image.ts'
import type { PluginList } from './input.ts'
import { locate } from './locate.ts'
import { type ImageConfig, imageSchema, settings } from './schema.ts'

const dotted = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  )

/** A config module's default export as an image. Throws CONFIG_*, PLUGIN_* and INPUT_* with file, line and property. */
export const validateImage = (file: string, exported: unknown): Image => {
  if (typeof exported !== 'object' || exported === null || Array.isArray(exported) || 'then' in exported)
    throw errors.configNoDefault(file)
  const place = (path: readonly PropertyKey[]): Place => ({
    file,
    // the file is parsed only if there is something to say of it
    get line() {
      return locate(file, path)
    },
    ...(path.length > 0 && { property: dotted(path) }),
  })
  const result = imageSchema.safeParse(exported)
  if (!result.success) throw issueError(result.error.issues[0]!, exported, place)
  const config = result.data
  const plugins = flatten(config.use, ['use'])
  const seen = new Set<string>()
  for (const { plugin, path } of plugins) {
    checkPlugin(plugin, place(path), dotted(path))
    if (seen.has(plugin.name)) throw errors.pluginTwice(plugin.name, place(path))
    seen.add(plugin.name)
  }
  const directory = dirname(file)
  checkInputs(directory, config, place)
  return { name: config.name, directory, file, config, plugins: plugins.map(({ plugin }) => plugin) }
}

const issueError = (
  issue: z.core.$ZodIssue,
  exported: unknown,
  place: (path: readonly PropertyKey[]) => Place,
) => {
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    const path = [...issue.path, key]
    return errors.configUnknownKey(place(path), dotted(path), nearest(key, settings(issue.path)))
  }
  const value = issue.path.reduce<unknown>(
    (object, part) => (object as Record<PropertyKey, unknown> | undefined)?.[part],
    exported,
  )
  return errors.configInvalid(place(issue.path), explainIssue(issue, value))
}

const flatten = (
  list: readonly PluginList[],
  path: PropertyKey[],
): { plugin: Plugin; path: PropertyKey[] }[] =>
  list.flatMap((item, index) =>
    Array.isArray(item)
      ? flatten(item, [...path, index])
      : [{ plugin: item as Plugin, path: [...path, index] }],
  )

const checkPlugin = (plugin: Plugin, place: Place, what: string): void => {
  const name = typeof plugin?.name === 'string' ? `"${plugin.name}"` : what
  if (typeof plugin === 'function') throw errors.pluginInvalid(name, 'it is a function; call it', place)
  if (typeof plugin !== 'object' || plugin === null)
    throw errors.pluginInvalid(name, `it is ${describeValue(plugin)}`, place)
  if (typeof plugin.name !== 'string') throw errors.pluginInvalid(name, 'it has no name', place)
  if (typeof plugin.version !== 'string') throw errors.pluginInvalid(name, 'it has no version', place)
  if (typeof plugin.apply !== 'function') throw errors.pluginInvalid(name, 'it has no apply function', place)
  if ((plugin.api ?? PLUGIN_API) > PLUGIN_API)
    throw errors.pluginTooNew(plugin.name, plugin.api!, PLUGIN_API, place)
}

/** Adds to an error of a file where it is named. */
const withPlace = <T>(place: Place, look: () => T): T => {
  try {
    return look()
  } catch (error) {
    if (isAntidoteError(error)) Object.assign(error.details, { place })
    throw error
  }
}

const checkInputs = (
  directory: string,
  config: ImageConfig,
  place: (path: readonly PropertyKey[]) => Place,
): void => {
  const check = (path: PropertyKey[], name: string, executable: boolean) => {
    const file = resolve(directory, name)
    const isDirectory = withPlace(place(path), () => {
      if (!reading(file, () => lstatSync(file, { throwIfNoEntry: false })))
        throw errors.inputMissing(dotted(path), name)
      return reading(file, () => statSync(file)).isDirectory()
    })
    if (isDirectory && executable) throw errors.inputNotFile(dotted(path), name, place(path))
    if (!isDirectory) withPlace(place(path), () => closeSync(openRegular(file).descriptor))
    if (!executable) return
    try {
      accessSync(file, constants.X_OK)
    } catch {
      throw errors.inputNotExecutable(dotted(path), name, place(path))
    }
  }
  for (const [index, { from }] of config.files.entries()) check(['files', index, 'from'], from, false)
  for (const [index, { from }] of config.configure.files.entries())
    check(['configure', 'files', index, 'from'], from, false)
  for (const setting of ['pre', 'post', 'live'] as const)
    for (const [index, name] of config[setting].entries()) check([setting, index], name, true)
  for (const setting of ['install', 'test'] as const)
    if (config[setting]) check([setting], config[setting], true)
}
