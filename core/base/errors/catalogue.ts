import { configErrors } from './config.ts'
import { containerErrors } from './container.ts'
import { diskErrors } from './disk.ts'
import { AntidoteError } from './error.ts'
import { hostKeyErrors } from './host-keys.ts'
import { lessonErrors } from './lesson.ts'
import { lifecycleErrors } from './lifecycle.ts'
import { linuxErrors } from './linux.ts'
import { machineErrors } from './machine.ts'
import { netconfErrors } from './netconf.ts'
import { publishErrors } from './publish.ts'
import { serialErrors } from './serial.ts'
import { storeErrors } from './store.ts'
import { systemErrors } from './system.ts'

/** Every error the core can raise, one function each: code, sentence and hint together. */
export const errors = {
  commandMissing: (command: string) =>
    new AntidoteError('COMMAND_MISSING', `The command "${command}" is not on this machine.`, {
      hint: 'Run `antidote doctor`: it names the package.',
    }),
  commandFailed: (command: string, status: string, lines: string[]) =>
    new AntidoteError('COMMAND_FAILED', `\`${command}\` ended with ${status}.`, { lines }),
  commandOutput: (command: string, most: number) =>
    new AntidoteError('COMMAND_OUTPUT', `\`${command}\` printed more than ${most} MiB.`, {
      hint: 'Let it write to a file.',
    }),
  interrupted: () =>
    new AntidoteError('INTERRUPTED', 'Interrupted; everything was cleaned up.', { exitCode: 130 }),
  ...configErrors,
  ...lifecycleErrors,
  ...linuxErrors,
  ...hostKeyErrors,
  ...lessonErrors,
  ...storeErrors,
  ...systemErrors,
  ...diskErrors,
  ...publishErrors,
  ...machineErrors,
  ...containerErrors,
  ...serialErrors,
  ...netconfErrors,
} as const
