import { lstatSync, readdirSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256 } from './digest.ts'
import { reading } from './regular.ts'

/** The mode as git keeps it: of a file only whether it is a program. */
export const plainMode = (stats: Stats): number =>
  stats.isDirectory() || (stats.mode & 0o111) !== 0 ? 0o755 : 0o644

/** The permission bits, with set-user-ID, set-group-ID and sticky. */
export const modeOf = ({ mode }: Stats): number => mode & 0o7777

const unusual = (path: string, name: string, stats: Stats, files: boolean): string[] => {
  if (stats.isSymbolicLink()) return []
  const counts = files || stats.isDirectory()
  const own = counts && modeOf(stats) !== plainMode(stats) ? [`${name}\0${modeOf(stats).toString(8)}`] : []
  if (!stats.isDirectory()) return own
  const names = reading(path, () => readdirSync(path)).sort()
  return own.concat(
    ...names.map((inside) => {
      const below = join(path, inside)
      return unusual(below, `${name}/${inside}`, lstatSync(below), files)
    }),
  )
}

/**
 * What a key must know of modes that are kept: those of a file or directory that are not as git has them, in octal, or
 * of several their sha256; undefined where there are none. Without `files` those of directories alone.
 */
export const unusualModes = (path: string, files: boolean): string | undefined => {
  const stats = reading(path, () => statSync(path))
  const found = unusual(path, '', stats, files)
  if (found.length === 0) return undefined
  return stats.isDirectory() ? sha256(found.join('\0')) : modeOf(stats).toString(8)
}
