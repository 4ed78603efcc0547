import { AntidoteError, type Place } from './error.ts'
import { meant } from './meant.ts'

/** Errors of lessons, of the configuration of their endpoints, and of tasks in guests. */
export const lessonErrors = {
  lessonMissing: (directory: string) =>
    new AntidoteError('LESSON_MISSING', `There is no lesson.meta.yaml in ${directory}.`, {
      exitCode: 2,
      hint: 'Name the directory of the lesson.',
    }),
  lessonSyntax: (place: Place, reason: string) =>
    new AntidoteError('LESSON_SYNTAX', `The YAML cannot be read: ${reason}.`, { exitCode: 2, place }),
  lessonInvalid: (place: Place, reason: string) =>
    new AntidoteError('LESSON_INVALID', `A value of the lesson ${reason}`, { exitCode: 2, place }),
  lessonStage: (stage: number, directory: string, known: readonly string[]) =>
    new AntidoteError('LESSON_STAGE', `The lesson in ${directory} has no directory stage${stage}.`, {
      exitCode: 2,
      hint:
        known.length > 0 ? `It has ${known.join(', ')}.` : 'Stages are directories stage0, stage1 and so on.',
    }),
  lessonEndpoint: (name: string, known: readonly string[], near: string | undefined) =>
    new AntidoteError('LESSON_ENDPOINT', `The lesson has no endpoint "${name}".${meant(near)}`, {
      exitCode: 2,
      hint: `It has ${known.join(', ')}.`,
    }),
  lessonConfiguration: (endpoint: string, names: readonly string[], place: Place) =>
    new AntidoteError(
      'LESSON_CONFIGURATION',
      `The endpoint "${endpoint}" has a configurationType, and the stage has no ${names.join(' or ')} for it.`,
      { exitCode: 2, place, hint: 'Write that file, or take the configurationType away.' },
    ),
  lessonConfigurationTwice: (endpoint: string, names: readonly string[], place: Place) =>
    new AntidoteError(
      'LESSON_CONFIGURATION_TWICE',
      `The stage has more than one configuration for the endpoint "${endpoint}": ${names.join(' and ')}.`,
      { exitCode: 2, place, hint: 'Keep the one that is meant.' },
    ),
  lessonDialect: (endpoint: string, dialect: string, place: Place) =>
    new AntidoteError(
      'LESSON_DIALECT',
      `The configuration of the endpoint "${endpoint}" is for "${dialect}", a device that is not configured over NETCONF.`,
      {
        exitCode: 2,
        place,
        hint: 'Configure it with a script (configurationType: python) or a playbook (ansible).',
      },
    ),
  lessonTarget: (count: number) =>
    new AntidoteError(
      'LESSON_TARGET',
      `ANTIDOTE_TARGET_HOST names one host, and ${count} endpoints are to be configured.`,
      { exitCode: 2, hint: 'Name the endpoint with --only.' },
    ),
  endpointDeadline: (endpoint: string, seconds: number, last: string) =>
    new AntidoteError(
      'ENDPOINT_DEADLINE',
      `The endpoint "${endpoint}" was not configured within ${seconds} s${last && `; the last attempt failed: ${last.replace(/\.$/, '')}`}.`,
      { hint: 'A longer --deadline waits longer.' },
    ),
  taskArgument: (what: string, value: string) =>
    new AntidoteError('TASK_ARGUMENT', `${JSON.stringify(value)} is not the ${what} that is needed.`),
  taskFailed: (task: string, reason: string, lines: string[]) =>
    new AntidoteError('TASK_FAILED', `In the guest, the task "${task}" failed: ${reason}.`, { lines }),
} as const
