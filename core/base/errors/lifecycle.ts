import { AntidoteError, type Place } from './error.ts'
import { meant } from './meant.ts'

/** Errors of the lifecycle and what runs in it. */
export const lifecycleErrors = {
  launcherNotBuilt: (path: string) =>
    new AntidoteError('LAUNCHER_NOT_BUILT', `The launcher is not at ${path}.`, {
      hint: 'Run `npm run build`: published images hold the launcher that is built with the package.',
    }),
  endpointSilent: (address: string, seconds: number) =>
    new AntidoteError('ENDPOINT_SILENT', `No SSH server answered at ${address} within ${seconds} s.`, {
      hint: 'Check the address and the port, and that the endpoint runs.',
      passing: true,
    }),
  lessonDirectory: (path: string) =>
    new AntidoteError(
      'LESSON_DIRECTORY',
      `The lesson directory ${path} does not exist or is not a directory.`,
      {
        exitCode: 2,
        hint: 'Name the directory of the lesson with --lesson.',
      },
    ),
  notOfTree: (at: string) =>
    new AntidoteError(
      'NOT_OF_TREE',
      `The guest that is to be seen at ${at} is not one of a tree in this step.`,
      {
        hint: 'Give `edits` the guest that `edit` or `visit` passed on.',
      },
    ),
  noDisk: (image: string) =>
    new AntidoteError('NO_DISK', `The qcow2 stage of the image "${image}" gave a tree, not a disk.`, {
      hint: 'Its last tap must return a disk.',
    }),
  noVendorDisk: (plugin: string) =>
    new AntidoteError(
      'NO_VENDOR_DISK',
      `The plugin "${plugin}" works on its vendor's disk, and was given a tree.`,
      {
        exitCode: 2,
        hint: 'Leave the plugin that makes a tree out of `use`.',
      },
    ),
  noBootstrap: (image: string) =>
    new AntidoteError('NO_BOOTSTRAP', `No plugin of the image "${image}" bootstraps it.`, {
      exitCode: 2,
      hint: 'Add one that does to `use`, for example a preset from antidote/presets.',
    }),
  applyThrew: (plugin: string, message: string, place: Place | undefined, cause: unknown) =>
    new AntidoteError('APPLY_THREW', `The plugin "${plugin}" threw while it added its taps: ${message}`, {
      exitCode: 2,
      ...(place && { place }),
      cause,
    }),
  applyAsync: (plugin: string) =>
    new AntidoteError('APPLY_ASYNC', `The apply function of the plugin "${plugin}" returned a promise.`, {
      exitCode: 2,
      hint: 'Taps are added at once; wait inside a tap.',
    }),
  tapInvalid: (plugin: string, stage: string, reason: string) =>
    new AntidoteError('TAP_INVALID', `A tap of the plugin "${plugin}" at the stage "${stage}" ${reason}.`, {
      exitCode: 2,
      hint: `Write \`${stage}.tap('name', (subject, step) => …)\`.`,
    }),
  tapThrew: (plugin: string, tap: string, message: string, place: Place | undefined, cause: unknown) =>
    new AntidoteError('TAP_THREW', `The tap "${tap}" of the plugin "${plugin}" threw: ${message}`, {
      ...(place && { place }),
      cause,
    }),
  tapReturnedNothing: (expected: string) =>
    new AntidoteError('TAP_RETURNED_NOTHING', `The tap returned nothing; it must return ${expected}.`, {
      hint: 'Return the artifact it was given if there is nothing to change.',
    }),
  tapReturnedWrongKind: (got: string, expected: string) =>
    new AntidoteError('TAP_RETURNED_WRONG_KIND', `The tap returned ${got}; it must return ${expected}.`),
  tapInputs: (name: string, reason: string) =>
    new AntidoteError('TAP_INPUTS', `The inputs of "${name}" cannot be part of a key: ${reason}.`, {
      hint: 'Inputs and options are plain data: strings, numbers, booleans, arrays, objects.',
    }),
  inputMissing: (what: string, path: string, place?: Place) =>
    new AntidoteError('INPUT_MISSING', `${what} names ${path}, which does not exist.`, {
      exitCode: 2,
      hint: 'Create the file, or remove the setting.',
      ...(place && { place }),
    }),
  inputNotFile: (what: string, path: string, place: Place) =>
    new AntidoteError('INPUT_NOT_FILE', `${what} names ${path}, which is not a file.`, {
      exitCode: 2,
      hint: 'Name the script itself.',
      place,
    }),
  inputNotExecutable: (what: string, path: string, place?: Place) =>
    new AntidoteError('INPUT_NOT_EXECUTABLE', `${what} names ${path}, which is not executable.`, {
      exitCode: 2,
      hint: `Run \`chmod +x ${path}\`.`,
      ...(place && { place }),
    }),
  scriptFailed: (script: string, status: number, lines: string[], hint?: string) =>
    new AntidoteError('SCRIPT_FAILED', `${script} ended with exit status ${status}.`, {
      lines,
      ...(hint !== undefined && { hint }),
    }),
  guestCommandFailed: (command: string, status: number, lines: string[]) =>
    new AntidoteError(
      'GUEST_COMMAND_FAILED',
      `In the guest, \`${command}\` ended with exit status ${status}.`,
      { lines },
    ),
  stepStrange: (path: string, kind: string) =>
    new AntidoteError(
      'STEP_STRANGE',
      `A program of a package left ${kind} at ${path}, where the build writes.`,
      { hint: 'Find out which package that was; the log has what each printed.' },
    ),
  fileOwner: (path: string, owner: string, lines: string[]) =>
    new AntidoteError(
      'FILE_OWNER',
      `${path} cannot be given to "${owner}": the guest does not know that owner.`,
      { lines },
    ),

  unknownStep: (name: string, near: string | undefined) =>
    new AntidoteError(
      'STEP_UNKNOWN',
      `"${name}" is neither a stage nor a step of this image.${meant(near)}`,
      {
        exitCode: 2,
        hint: '`antidote plan` lists them.',
      },
    ),
} as const
