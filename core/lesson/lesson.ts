import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { errors } from '../base/errors/catalogue.ts'
import type { Place } from '../base/errors/error.ts'
import { isMissing, readText } from '../base/files/regular.ts'
import { nearest } from '../base/text/nearest.ts'
import { readYaml } from './document.ts'

/** How the platform calls the file that describes a lesson. */
export const LESSON_FILE = 'lesson.meta.yaml'

/**
 * What of it matters here: the model of lessons in antidote-core, db/models/lesson.go. In releases up to 0.5 the driver
 * stood in the type (`napalm-<driver>`). Whether the rest is as the platform wants it, the platform says.
 */
const schema = z.looseObject({
  endpoints: z
    .array(
      z.looseObject({
        name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be letters, digits, "-", "_" and "."'),
        image: z.string().min(1),
        configurationType: z
          .string()
          .regex(/^(|ansible|python|napalm(-\w+)?)$/, 'must be "napalm", "python", "ansible" or empty')
          .nullish(),
      }),
    )
    .min(1, 'must have an endpoint'),
  connections: z
    .array(z.looseObject({ a: z.string(), b: z.string(), subnet: z.string().nullish() }))
    .nullish(),
})

/** An endpoint as its lesson describes it. */
export interface LessonEndpoint {
  name: string
  image: string
  configurationType: string
  /** Where it stands in the lesson's file. */
  place: Place
}

export interface Lesson {
  directory: string
  endpoints: LessonEndpoint[]
}

/** The endpoint of a name. Throws LESSON_ENDPOINT. */
export const endpointOf = ({ endpoints }: Lesson, name: string): LessonEndpoint => {
  const found = endpoints.find((endpoint) => endpoint.name === name)
  if (found) return found
  const known = endpoints.map((endpoint) => endpoint.name)
  throw errors.lessonEndpoint(name, known, nearest(name, known))
}

const textOf = (file: string, lesson: string): string => {
  try {
    return readText(file)
  } catch (error) {
    const isFile = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === 'ENOTDIR'
    throw isFile || isMissing(error) ? errors.lessonMissing(lesson) : error
  }
}

/**
 * Reads the description of a lesson. Throws LESSON_MISSING, LESSON_SYNTAX, LESSON_INVALID and LESSON_ENDPOINT.
 */
export const readLesson = async (path: string): Promise<Lesson> => {
  const directory = await realpath(path).catch(() => path)
  const file = join(directory, LESSON_FILE)
  const { data, place } = readYaml(file, textOf(file, path), schema)
  const endpoints = data.endpoints.map(({ name, image, configurationType }, index) => ({
    name,
    image,
    configurationType: configurationType ?? '',
    place: place(['endpoints', index]),
  }))
  for (const [index, { name }] of endpoints.entries()) {
    if (endpoints.findIndex((other) => other.name === name) < index)
      throw errors.lessonInvalid(place(['endpoints', index, 'name']), 'is the name of another endpoint too.')
  }
  for (const [index, connection] of (data.connections ?? []).entries()) {
    for (const end of ['a', 'b'] as const) {
      if (!endpoints.some(({ name }) => name === connection[end]))
        throw errors.lessonInvalid(
          place(['connections', index, end]),
          `names no endpoint; it is ${JSON.stringify(connection[end])}.`,
        )
    }
  }
  return { directory, endpoints }
}
