import { closeSync, existsSync, statSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { cosmiconfig } from 'cosmiconfig'
import { createJiti } from 'jiti'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf, type Place } from '../../base/errors/error.ts'
import { openRegular } from '../../base/files/regular.ts'
import type { Image } from '../../contract/config/image.ts'
import { validateImage } from '../../contract/config/validate.ts'
import type { Plugin } from '../../contract/plugin/plugin.ts'
import { importHint, nearestEntryPoint } from './entry-points.ts'
import { directoriesAbove } from './repository.ts'
import { checkTrust } from './trust.ts'

/** How a config is called. */
export const CONFIG_NAME = 'antidote.config.ts'
/** Found as well, so that the error can say what is wrong with them. */
const OTHER_NAMES = ['js', 'mjs', 'cjs', 'json', 'yaml', 'yml'].map(
  (extension) => `antidote.config.${extension}`,
)

/** Where the config is looked for. */
export interface ConfigLocation {
  /** The directory to look in, and in those above it. */
  directory?: string | undefined
  /** The file itself. */
  file?: string | undefined
}

const loadTypeScript = async (file: string): Promise<{ exported: unknown }> => {
  // whatever directory a config is in, it gets this copy of the package
  const virtualModules = {
    antidote: await import('../../index.ts'),
    'antidote/plugins': await import('../../../plugins/index.ts'),
    'antidote/presets': await import('../../../presets/index.ts'),
    'antidote/testing': await import('../../build/plugin-testing/index.ts'),
  }
  const jiti = createJiti(file, { virtualModules, fsCache: false, moduleCache: false, interopDefault: false })
  try {
    const module = (await jiti.import(file)) as { default?: unknown }
    // not the export alone: one that is a promise is a mistake, and would be waited for
    return { exported: module.default }
  } catch (error) {
    if (isAntidoteError(error)) {
      const place = placeIn(file, error)
      throw Object.assign(error, { details: { ...error.details, place: error.details.place ?? place } })
    }
    // the transpiled source calls an import "(0 , _module.name)"
    const message = messageOf(error)
      .split('\n')[0]!
      .trim()
      .replace(/\(0 , \w+\.(\w+)\)/g, '$1')
    const [, missing] = /^Cannot find (?:module|package) '([^']+)'/.exec(message) ?? []
    if (missing !== undefined) {
      const meant = nearestEntryPoint(missing, Object.keys(virtualModules))
      throw errors.configImport(placeIn(file, error), missing, packageDirectory(file), meant)
    }
    if (message.startsWith('ParseError: '))
      throw errors.configSyntax(placeIn(file, error), message.replace('ParseError: ', ''))
    const [, name] = /^([\w$]+) is not (?:defined|a function)$/.exec(message) ?? []
    const hint = name === undefined ? undefined : importHint(name, virtualModules)
    throw errors.configThrew(placeIn(file, error), message, error, hint)
  }
}

/** Where npm installs packages for a config: where the nearest package.json is, else beside it. */
const packageDirectory = (file: string): string => {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    if (existsSync(join(directory, 'package.json'))) return directory
    if (directory === dirname(directory)) return dirname(file)
  }
}

/** Where in the config, or in a file beside it that it imports, an error was thrown. */
const placeIn = (file: string, error: unknown): Place => {
  const directory = dirname(file).replace(/[^\w/]/g, '\\$&')
  const text = error instanceof Error ? `${error.message}\n${error.stack}` : ''
  for (const [, inside, line] of text.matchAll(new RegExp(`${directory}/([^:\\n]+):(\\d+)`, 'g'))) {
    if (!inside!.includes('node_modules/')) return { file: join(dirname(file), inside!), line: Number(line) }
  }
  return { file }
}

const refuse = (file: string): never => {
  throw errors.configNotTypeScript(file)
}

/**
 * What loads a config. cosmiconfig takes settings of its own from the working directory and runs what it finds there, so it
 * is made in a directory of this package.
 */
const explorer = () => {
  const directory = process.cwd()
  process.chdir(import.meta.dirname)
  try {
    return cosmiconfig('antidote', {
      searchPlaces: [CONFIG_NAME, ...OTHER_NAMES],
      // which directories are looked in is said by the repository, and none of them is in somebody's home
      searchStrategy: 'none',
      // an empty config is a config with a mistake in it
      ignoreEmptySearchPlaces: false,
      loaders: {
        '.ts': loadTypeScript,
        ...Object.fromEntries(OTHER_NAMES.map((name) => [extname(name), refuse])),
      },
    })
  } finally {
    process.chdir(directory)
  }
}

/** Refuses what may not be run, and what would be waited for, before anything of it is read. */
const checkFile = (file: string): void => {
  checkTrust(file)
  closeSync(openRegular(file).descriptor)
}

/** The nearest config in a directory or above it, in its repository. */
const search = async (directory: string) => {
  const { search: searchIn } = explorer()
  for (const each of directoriesAbove(directory)) {
    const file = [CONFIG_NAME, ...OTHER_NAMES]
      .map((name) => join(each, name))
      .find((path) => existsSync(path))
    if (file === undefined) continue
    checkFile(file)
    return searchIn(each)
  }
  return undefined
}

/**
 * Finds, loads and checks the config of an image. Every error says where and what to do; CONFIG_FOREIGN is thrown before
 * anything of a config is run.
 */
export const loadImage = async (location: ConfigLocation = {}): Promise<Image> => {
  const directory = resolve(location.directory ?? '.')
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw errors.configUnreadable(directory, 'it is not a directory')
  const named = location.file === undefined ? undefined : resolve(directory, location.file)
  if (named !== undefined) {
    if (!existsSync(named)) throw errors.configUnreadable(named, 'it does not exist')
    if (!basename(named).endsWith('.ts')) refuse(named)
    checkFile(named)
  }
  const found = await (named === undefined ? search(directory) : explorer().load(named))
  if (!found) throw errors.configMissing(directory)
  return validateImage(found.filepath, (found.config as { exported?: unknown } | undefined)?.exported)
}

/** The plugins that configure endpoints with what their lesson names. */
export const loadLessonPlugins = async (): Promise<readonly Plugin[]> =>
  (await import('../../../presets/index.ts')).lessonTools()
