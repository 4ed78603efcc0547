import { readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { checkInside, reading } from './regular.ts'

/**
 * The files below a directory by their path in it, links followed; of a file itself only ''. Throws FILE_UNREADABLE, also
 * where links lead in a circle, and FILE_OUTSIDE where something leads out of `inside`.
 */
export const filesBelow = (path: string, inside?: string, above: readonly string[] = []): string[] => {
  if (inside !== undefined) checkInside(path, inside)
  if (!reading(path, () => statSync(path)).isDirectory()) return ['']
  const real = realpathSync(path)
  if (above.includes(real)) throw errors.fileUnreadable(path, 'its links lead in a circle')
  return reading(path, () => readdirSync(path))
    .sort()
    .flatMap((name) =>
      filesBelow(join(path, name), inside, [...above, real]).map((below) => join(name, below)),
    )
}
