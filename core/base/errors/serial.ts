import { AntidoteError } from './error.ts'

/** Where a dialogue stands, for a message. */
export interface DialogueScene {
  dialogue: string
  state?: string
  lines: string[]
}

const where = ({ dialogue, state }: DialogueScene): string =>
  `The dialogue "${dialogue}"${state === undefined ? '' : ` in the state "${state}"`}`

const listed = (patterns: readonly string[]): string =>
  patterns.length === 1 ? patterns[0]! : `one of ${patterns.join(', ')}`

/** Errors of dialogues on a serial line. */
export const serialErrors = {
  serialTimeout: (scene: DialogueScene, awaited: readonly string[], seconds: number, silent: boolean) =>
    new AntidoteError(
      'SERIAL_TIMEOUT',
      `${where(scene)} waited ${seconds} s for ${listed(awaited)}, ${silent ? 'and nothing came' : 'which did not come'}.`,
      {
        lines: scene.lines,
        hint: silent
          ? 'Check that the guest has a console on its first serial port; a guest that waits for a key needs `wake`.'
          : 'Compare the last lines with the patterns; a guest that is only slow needs a longer deadline.',
      },
    ),
  serialOverdue: (
    scene: DialogueScene,
    to: string,
    deadline: number,
    awaited: readonly string[],
    here: number,
  ) =>
    new AntidoteError(
      'SERIAL_OVERDUE',
      `${where(scene)} did not come to "${to}" within ${deadline} s; it waited ${here} s for ${listed(awaited)}.`,
      { lines: scene.lines, hint: 'The log has all that was said; a slow guest needs a longer deadline.' },
    ),
  serialRefused: (scene: DialogueScene, reason: string, hint: string | undefined) =>
    new AntidoteError('SERIAL_REFUSED', `${where(scene)} was refused: ${reason}.`, {
      lines: scene.lines,
      ...(hint && { hint }),
    }),
  serialClosed: (scene: DialogueScene) =>
    new AntidoteError('SERIAL_CLOSED', `${where(scene)} broke off: its serial line was closed.`, {
      lines: scene.lines,
      hint: 'The machine ended; its log tells why.',
    }),
  serialNoEcho: (scene: DialogueScene, typed: string, seconds: number) =>
    new AntidoteError(
      'SERIAL_NO_ECHO',
      `${where(scene)} typed "${typed}", and the guest did not echo it within ${seconds} s.`,
      {
        lines: scene.lines,
        hint: 'The guest does not read its console, or reads without echo: for keys use send, for passwords sendSecret.',
      },
    ),
  serialText: (dialogue: string, what: string) =>
    new AntidoteError('SERIAL_TEXT', `The dialogue "${dialogue}" cannot type ${what} as a line.`, {
      hint: 'A line is text without control characters; for keys use send.',
    }),
  serialState: (dialogue: string, from: string, to: string) =>
    new AntidoteError(
      'SERIAL_STATE',
      `The dialogue "${dialogue}" goes from "${from}" to "${to}", which is none of its states.`,
    ),
} as const
