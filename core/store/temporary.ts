import { accessSync, constants, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { errors } from '../base/errors/catalogue.ts'

/** Why nothing can be written where temporary files go, or undefined. */
export const temporaryFault = (directory = tmpdir()): string | undefined => {
  try {
    if (!statSync(directory).isDirectory()) return 'it is not a directory'
    accessSync(directory, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? 'it does not exist' : 'this user may not write there'
  }
}

/** Throws TEMPORARY_UNUSABLE where no socket or temporary file could be made later. */
export const checkTemporary = (): void => {
  const reason = temporaryFault()
  if (reason) throw errors.temporaryUnusable(tmpdir(), reason)
}
