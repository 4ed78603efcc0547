import { getSystemErrorMap } from 'node:util'
import { errors } from './catalogue.ts'
import { type AntidoteError, isAntidoteError, messageOf } from './error.ts'

/** What was to be done to a path, by the name of the system call. */
const DEEDS: Record<string, string> = {
  access: 'used',
  chmod: 'changed',
  chown: 'given to another user',
  copyfile: 'copied',
  lstat: 'read',
  mkdir: 'created',
  mkdtemp: 'created',
  rename: 'renamed',
  rm: 'removed',
  rmdir: 'removed',
  scandir: 'read',
  spawn: 'run',
  stat: 'read',
  unlink: 'removed',
  write: 'written',
}

/** The words of the system for an error number, without its name. */
export const reasonOf = ({ errno, code, message }: NodeJS.ErrnoException): string =>
  (errno === undefined ? undefined : getSystemErrorMap().get(errno)?.[1]) ?? code ?? message

const isSystemError = (
  error: unknown,
): error is NodeJS.ErrnoException & { dest?: string; address?: string; port?: number } =>
  error instanceof Error &&
  /^E[A-Z0-9]+$/.test((error as NodeJS.ErrnoException).code ?? '') &&
  (error as NodeJS.ErrnoException).syscall !== undefined

/** A sentence that names the path, for an error of the operating system; undefined for any other. */
export const systemError = (error: unknown): AntidoteError | undefined => {
  if (!isSystemError(error)) return undefined
  const { code = '', syscall = '', path, address, port } = error
  const call = syscall.split(' ')[0]!
  if (call === 'uv_cwd' || call === 'getcwd') return errors.workingDirectoryMissing()
  // of a copy it names the source first
  if (code === 'ENOSPC' || code === 'EDQUOT') return errors.diskFull(error.dest ?? path, error)
  if (code === 'EMFILE' || code === 'ENFILE')
    return errors.limitReached('open files', 'Raise it with `ulimit -n 4096`.', error)
  if (call === 'spawn' && (code === 'EAGAIN' || code === 'ENOMEM'))
    return errors.limitReached('processes', 'Raise it with `ulimit -u`, or end other programs.', error)
  if (path !== undefined && code === 'ENOENT') return errors.pathMissing(path, error)
  const deed = DEEDS[call] ?? 'opened'
  if (path !== undefined && (code === 'EACCES' || code === 'EPERM'))
    return errors.pathDenied(path, deed, error)
  const reason = reasonOf(error)
  if (path !== undefined) return errors.systemRefused(`${path} cannot be ${deed}`, reason, error)
  if (address !== undefined)
    return errors.systemRefused(
      `${address}${port === undefined ? '' : `:${port}`} cannot be reached`,
      reason,
      error,
    )
  return errors.systemRefused(`The system refused "${call}"`, reason, error)
}

/**
 * Anything that was thrown, as an error with a code and a sentence: ours as it is, the system's with the path it is
 * about, and everything else as a mistake of antidote.
 */
export const explained = (error: unknown): AntidoteError =>
  isAntidoteError(error)
    ? error
    : (systemError(error) ?? errors.internal(`${messageOf(error).replace(/\.$/, '')}.`, error))
