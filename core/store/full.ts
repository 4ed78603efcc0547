import { statfs } from 'node:fs/promises'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../errors/error.ts'

/** Less than this and a disk counts as full, in bytes: what did not fit is gone when we look. */
const FULL = 64 * 1024 * 1024

/** STORE_FULL in the place of an error that a full disk caused, however it showed; any other error as it is. */
export const fullDisk = async (directory: string, error: unknown): Promise<unknown> => {
  const lines = isAntidoteError(error) ? (error.details.lines ?? []) : []
  const cause = error instanceof Error && error.cause ? [messageOf(error.cause)] : []
  const text = [messageOf(error), ...cause, ...lines].join('\n')
  if (!/ENOSPC|EDQUOT|No space left on device|Disk quota exceeded/.test(text)) return error
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize < FULL ? errors.storeFull(directory, lines) : error
}
