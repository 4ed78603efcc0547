import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  type PathLike,
  readFileSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { errors } from '../errors/catalogue.ts'

/** Without it, opening a FIFO waits for somebody who writes to it. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly descriptor: number
  readonly stats: Stats
}

const isLink = (path: PathLike): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false

const REASONS: Record<string, (path: PathLike) => string> = {
  ENOENT: (path) => (isLink(path) ? 'it is a link that leads nowhere' : 'it does not exist'),
  ENOTDIR: () => 'a part of its path is not a directory',
  ELOOP: () => 'its links lead in a circle',
  EACCES: () => 'you have no permission',
  EPERM: () => 'you have no permission',
  ENXIO: () => 'it is a socket, not a regular file',
  ENAMETOOLONG: () => 'its name is too long',
  // of Node.js itself
  ERR_INVALID_ARG_VALUE: () => 'its name has a NUL in it',
  ERR_FS_FILE_TOO_LARGE: () => 'it has more than 2 GiB',
}

/** Why a file or directory cannot be read, as FILE_UNREADABLE; what no file caused is left as it is. */
export const unreadable = (path: PathLike, error: unknown): unknown => {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? '']
  return reason ? errors.fileUnreadable(String(path), reason(path), error) : error
}

/** True for FILE_UNREADABLE where there is nothing of that name, not even a link. */
export const isMissing = (error: unknown): boolean => {
  const { code, path } = (error as { cause?: NodeJS.ErrnoException } | undefined)?.cause ?? {}
  return code === 'ENOENT' && path !== undefined && !isLink(path)
}

/** Calls a function of node:fs on a path. Throws FILE_UNREADABLE. */
export const reading = <T>(path: PathLike, read: () => T): T => {
  try {
    return read()
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** What is there that nothing can be read from like from a file; undefined for files, directories and links. */
export const specialKind = (stats: Stats | Dirent): string | undefined => {
  if (stats.isFIFO()) return 'a FIFO'
  if (stats.isSocket()) return 'a socket'
  return stats.isBlockDevice() || stats.isCharacterDevice() ? 'a device' : undefined
}

const checkRegular = (path: PathLike, stats: Stats): void => {
  const kind = stats.isDirectory() ? 'a directory' : specialKind(stats)
  if (kind) throw errors.fileUnreadable(String(path), `it is ${kind}, not a regular file`)
}

/**
 * Opens a regular file, through links. What is no regular file is not even opened: a FIFO would never answer, and a
 * device may do something. Throws FILE_UNREADABLE.
 */
export const openRegular = (path: PathLike): OpenFile => {
  checkRegular(
    path,
    reading(path, () => statSync(path)),
  )
  const descriptor = reading(path, () => openSync(path, FLAGS))
  try {
    // what was looked at may be another file by now
    const stats = fstatSync(descriptor)
    checkRegular(path, stats)
    return { descriptor, stats }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** Whether a path is a directory or in it, both without links. */
const isInside = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)

/** Throws FILE_OUTSIDE where a path leads out of a directory: absolute, by `..`, or through links. `name` is what it is called. */
export const checkInside = (path: string, directory: string, name = path): void => {
  const real = reading(name, () => realpathSync(path))
  if (!isInside(real, realpathSync(directory))) throw errors.fileOutside(name, directory)
}

/** Opens a regular file that is in a directory wherever its links lead; whoever changes them meanwhile gains nothing. */
export const openInside = (path: string, directory: string): OpenFile => {
  checkInside(path, directory)
  const file = openRegular(path)
  // the kernel's own word on what was opened
  if (isInside(readlinkSync(`/proc/self/fd/${file.descriptor}`), realpathSync(directory))) return file
  closeSync(file.descriptor)
  throw errors.fileOutside(path, directory)
}

/** The content and the status of a regular file, at once. Throws FILE_UNREADABLE, and FILE_OUTSIDE with `inside`. */
export const readRegular = (path: string, inside?: string): { content: Buffer; stats: Stats } => {
  const { descriptor, stats } = inside === undefined ? openRegular(path) : openInside(path, inside)
  try {
    return { content: reading(path, () => readFileSync(descriptor)), stats }
  } finally {
    closeSync(descriptor)
  }
}

/** The text of a regular file. Throws FILE_UNREADABLE. */
export const readText = (path: string): string => readRegular(path).content.toString()
