import { access, constants, stat } from 'node:fs/promises'
import type { Lesson } from '../machine/arguments.ts'

/** Where the platform puts the files of a lesson. */
export const LESSON_DIRECTORY = '/antidote'

/** The lesson's files, if the container has any; read-only where the container may not write them. */
export const findLesson = async (directory: string): Promise<Lesson | undefined> => {
  const found = await stat(directory).catch(() => undefined)
  if (!found?.isDirectory()) return undefined
  const writable = await access(directory, constants.W_OK).then(
    () => true,
    () => false,
  )
  return { directory, readOnly: !writable }
}
