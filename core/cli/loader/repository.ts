import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const MARKS = ['.git', '.hg', '.svn', '.jj']

/** Whether a directory is the root of a repository. */
export const isRepository = (directory: string): boolean =>
  MARKS.some((mark) => existsSync(join(directory, mark)))

/** The directory and those above it, up to the root of its repository; up to "/" where it is in none. */
export const directoriesAbove = (directory: string): string[] => {
  const above = dirname(directory)
  return isRepository(directory) || above === directory
    ? [directory]
    : [directory, ...directoriesAbove(above)]
}
