import { AntidoteError } from './error.ts'

/** Errors of the system that antidote runs on, and mistakes of antidote itself. */
export const systemErrors = {
  workingDirectoryMissing: () =>
    new AntidoteError('WORKING_DIRECTORY_MISSING', 'The working directory was removed.', {
      exitCode: 2,
      hint: 'Change to a directory that exists.',
    }),
  diskFull: (path: string | undefined, cause: unknown, lines: string[] = []) =>
    new AntidoteError(
      'DISK_FULL',
      path ? `The disk that holds ${path} is full.` : 'A disk, or a quota, is full.',
      {
        lines,
        hint: 'Free space there, or name a place on another disk.',
        cause,
      },
    ),
  pathMissing: (path: string, cause: unknown) =>
    new AntidoteError('PATH_MISSING', `${path} does not exist.`, {
      hint: 'Create it, or name another path.',
      cause,
    }),
  pathDenied: (path: string, deed: string, cause: unknown) =>
    new AntidoteError('PATH_DENIED', `${path} may not be ${deed} by this user.`, {
      hint: 'Check the owner and the mode of it and of the directories above it.',
      cause,
    }),
  limitReached: (what: string, hint: string, cause: unknown) =>
    new AntidoteError('LIMIT_REACHED', `This process has reached its limit of ${what}.`, { hint, cause }),
  systemRefused: (what: string, reason: string, cause: unknown) =>
    new AntidoteError('SYSTEM_REFUSED', `${what}: ${reason}.`, { cause }),
  outputFailed: (reason: string) =>
    new AntidoteError('OUTPUT_FAILED', `Standard output cannot be written: ${reason}.`, {
      hint: 'Send the output to a file or a program that can take it.',
    }),
  usage: (message: string, verb: string | undefined) =>
    new AntidoteError('USAGE', message, {
      exitCode: 2,
      hint: `Run \`antidote ${verb ? `${verb} ` : ''}--help\`.`,
    }),
  internal: (message: string, cause: unknown) =>
    new AntidoteError('INTERNAL', `antidote made a mistake: ${message}`, {
      hint: 'Please report it, with the log.',
      cause,
    }),
} as const
