import { closeSync, lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { isAbsolute, join, resolve } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError } from '../base/errors/error.ts'
import { filesBelow } from '../base/files/below.ts'
import { openInside, reading, readText } from '../base/files/regular.ts'
import type { StageConfiguration, StageSettings } from '../contract/plugin/endpoint.ts'
import { guestSettings } from '../machine/tasks/settings.ts'
import { readYaml } from './document.ts'
import type { Lesson, LessonEndpoint } from './lesson.ts'
import { DRIVERS } from './platform/drivers.ts'

/** What a stage has for one endpoint. */
export interface EndpointStage {
  endpoint: LessonEndpoint
  configuration?: StageConfiguration
  settings?: StageSettings
}

/** Whether a stage has anything for an endpoint. */
export const hasWork = ({ configuration, settings }: EndpointStage): boolean =>
  configuration !== undefined || settings !== undefined

/** A file that a stage may have for an endpoint, and what it configures it with. */
interface Candidate {
  name: string
  type: StageConfiguration['type']
  /** Its device's dialect; undefined where it speaks no NETCONF. */
  driver?: string
}

/** The file names of the platform since 0.6, those before, and `<endpoint>-netconf.xml`, which is our own. */
const candidates = ({ name, configurationType }: LessonEndpoint): Candidate[] => {
  const [kind, driver] = configurationType.split('-')
  if (kind === 'ansible') return [{ name: `${name}.yml`, type: 'ansible' }]
  if (kind === 'python') return [{ name: `${name}.py`, type: 'python' }]
  if (kind !== 'napalm') return []
  if (driver !== undefined) return [{ name: `${name}.txt`, type: 'netconf', driver }]
  const drivers = Object.keys(DRIVERS).map((known) => ({
    name: `${name}-${known}.txt`,
    type: 'netconf' as const,
    driver: known,
  }))
  return [...drivers, { name: `${name}-netconf.xml`, type: 'netconf', driver: 'generic' }]
}

/** Opens a file, and only that: later it must not turn out to be none. Throws FILE_UNREADABLE and FILE_OUTSIDE. */
const tryOpen = (path: string, lesson: string): void => closeSync(openInside(path, lesson).descriptor)

/** The one file of an endpoint. The platform wants one in every stage too: antidote-core, db/ingestors/lessons.go. */
const configurationOf = (
  endpoint: LessonEndpoint,
  { lesson, directory, there }: { lesson: string; directory: string; there: ReadonlySet<string> },
): StageConfiguration | undefined => {
  const known = candidates(endpoint)
  if (known.length === 0) return undefined
  const found = known.filter(({ name }) => there.has(name))
  const names = (list: readonly Candidate[]) => list.map(({ name }) => name)
  const [first, second] = found
  if (!first) throw errors.lessonConfiguration(endpoint.name, names(known), endpoint.place)
  if (second) throw errors.lessonConfigurationTwice(endpoint.name, names(found), endpoint.place)
  const { type, driver, name } = first
  const file = join(directory, name)
  tryOpen(file, lesson)
  if (driver === undefined) return { type, file }
  const dialect = driver === 'generic' ? driver : DRIVERS[driver]
  if (dialect === undefined) throw errors.lessonDialect(endpoint.name, driver, endpoint.place)
  return { type, file, dialect }
}

/** How a stage gives an endpoint its name, addresses and files. */
const settingsFile = (name: string): string => `${name}.guest.yaml`

/** Opens every file that an entry of `files` names. Throws FILE_UNREADABLE and FILE_OUTSIDE. */
const checkFiles = (directory: string, from: string, lesson: string): void => {
  const path = resolve(directory, from)
  if (isAbsolute(from)) throw errors.fileOutside(path, lesson)
  for (const name of filesBelow(path, lesson)) tryOpen(join(path, name), lesson)
}

const readSettings = (lesson: string, directory: string, name: string): StageSettings => {
  const file = join(directory, name)
  const { data: settings, place } = readYaml(file, readText(file), guestSettings)
  for (const [index, { from }] of settings.files.entries()) {
    const at = place(['files', index, 'from'])
    const path = resolve(directory, from)
    try {
      if (!reading(path, () => lstatSync(path, { throwIfNoEntry: false })))
        throw errors.lessonInvalid(at, `does not exist; it is ${JSON.stringify(from)}.`)
      checkFiles(directory, from, lesson)
    } catch (error) {
      if (isAntidoteError(error)) Object.assign(error.details, { place: at })
      throw error
    }
  }
  return { settings, directory, inside: lesson }
}

/** The names in a directory that need not be there. */
const namesIn = (directory: string): Promise<string[]> =>
  readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })

/**
 * What a stage of a lesson has for its endpoints. Everything is read and checked before a device is reached. Throws
 * LESSON_STAGE, LESSON_CONFIGURATION, LESSON_CONFIGURATION_TWICE, LESSON_DIALECT, LESSON_SYNTAX, LESSON_INVALID,
 * FILE_UNREADABLE and FILE_OUTSIDE.
 */
export const readStage = async (lesson: Lesson, stage: number): Promise<EndpointStage[]> => {
  const known = (await readdir(lesson.directory))
    .filter((name) => /^stage\d+$/.test(name))
    .sort((a, b) => Number(a.slice(5)) - Number(b.slice(5)))
  if (!known.includes(`stage${stage}`)) throw errors.lessonStage(stage, lesson.directory, known)
  const directory = join(lesson.directory, `stage${stage}`, 'configs')
  const there = new Set(await namesIn(directory))
  return Promise.all(
    lesson.endpoints.map(async (endpoint) => {
      const configuration = configurationOf(endpoint, { lesson: lesson.directory, directory, there })
      const name = settingsFile(endpoint.name)
      return {
        endpoint,
        ...(configuration && { configuration }),
        ...(there.has(name) && { settings: readSettings(lesson.directory, directory, name) }),
      }
    }),
  )
}
