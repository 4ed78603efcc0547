import { stat } from 'node:fs/promises'
import type { Lesson } from '../../machine/qemu/instance.ts'

/** Where the platform puts the files of a lesson. */
export const LESSON_DIRECTORY = '/antidote'

/**
 * The lesson's files, if the container has any; read-only where a user other than root may not write them, and where
 * QEMU runs as root: what the guest makes is then root's on the host too, with whatever mode the guest gives it.
 */
export const findLesson = async (
  directory: string,
  { uid, gid }: { uid: number; gid: number },
): Promise<Lesson | undefined> => {
  const found = await stat(directory).catch(() => undefined)
  if (!found?.isDirectory()) return undefined
  const bit = found.uid === uid ? 0o200 : found.gid === gid ? 0o020 : 0o002
  return { directory, readOnly: uid === 0 || (found.mode & bit) === 0 }
}
