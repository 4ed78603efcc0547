import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../base/errors/error.ts'

/** Less than this and a disk counts as full, in bytes: what did not fit is gone when we look. */
const FULL = 64 * 1024 * 1024

const linesOf = (error: unknown): string[] => (isAntidoteError(error) ? (error.details.lines ?? []) : [])

/** Whether somebody has named the disk already. */
const isNamed = (error: unknown): boolean =>
  isAntidoteError(error) && (error.code === 'STORE_FULL' || error.code === 'DISK_FULL')

/** Whether it tells of a full disk: of this host, of a guest, or of a server. */
export const tellsOfFullDisk = (error: unknown): boolean => {
  const cause = error instanceof Error && error.cause ? [messageOf(error.cause)] : []
  const text = [messageOf(error), ...cause, ...linesOf(error)].join('\n')
  // a program whose memory is a file gets SIGBUS where that does not fit
  return /ENOSPC|EDQUOT|no space left on device|disk quota exceeded|signal SIGBUS/i.test(text)
}

const isFull = async (directory: string): Promise<boolean> => {
  const { bavail, bsize, files, ffree } = await statfs(directory)
  return bavail * bsize < FULL || (files > 0 && ffree === 0)
}

/**
 * STORE_FULL, or DISK_FULL for temporary files, instead of an error that a full disk caused, however it showed; any
 * other error as it is.
 */
export const fullDisk = async (store: string, error: unknown): Promise<unknown> => {
  if (isNamed(error) || !tellsOfFullDisk(error)) return error
  if (await isFull(store)) return errors.storeFull(store, linesOf(error))
  if (await isFull(tmpdir())) return errors.diskFull(tmpdir(), error, linesOf(error))
  return error
}

/** Has something written in a directory. Throws DISK_FULL where its disk is full, however that showed. */
export const writingTo = async <T>(directory: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (error) {
    if (isNamed(error) || !tellsOfFullDisk(error) || !(await isFull(directory))) throw error
    throw errors.diskFull(directory, error, linesOf(error))
  }
}
