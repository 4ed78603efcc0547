import { readdirSync, realpathSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { checkInside, reading } from './regular.ts'

/** Files and directories. With links in a few directories, one can have any number below it. */
const MOST = 20_000

/** What is at a path: where it is without links, and of a directory its names. */
interface Found {
  real: string
  names?: readonly string[]
}

/**
 * The files below a directory by their path in it, links followed; of a file itself only ''. Throws FILE_UNREADABLE, also
 * where links lead in a circle or to more than can be meant, and FILE_OUTSIDE where something leads out of `inside`.
 */
export const filesBelow = (top: string, inside?: string): string[] => {
  let seen = 0
  const known = new Map<string, Found>()
  const look = (path: string, at: string): Found => {
    if (inside !== undefined) checkInside(at, inside, path)
    return reading(path, () => {
      const real = realpathSync(at)
      return statSync(real).isDirectory() ? { real, names: readdirSync(real).sort() } : { real }
    })
  }
  // `at` is a path with at most one link in it, and the same by whatever other links it is reached
  const below = (path: string, at: string, above: readonly string[]): string[] => {
    if (++seen > MOST) throw errors.fileUnreadable(top, `more than ${MOST} files are below it`)
    const found = known.get(at) ?? look(path, at)
    known.set(at, found)
    const { real, names } = found
    if (names === undefined) return ['']
    if (above.includes(real)) throw errors.fileUnreadable(path, 'its links lead in a circle')
    return names.flatMap((name) =>
      below(join(path, name), join(real, name), [...above, real]).map((one) => join(name, one)),
    )
  }
  return below(top, top, [])
}
