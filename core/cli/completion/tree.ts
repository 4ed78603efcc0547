import type { Argument, Command, Option } from 'commander'
import { presetNames } from '../init/templates.ts'

/** What may be typed at a place: one of these words, a file, a directory, or anything. */
export type Values = readonly string[] | 'file' | 'directory' | 'any'

export interface CompletionOption {
  /** As it is typed: -C, --directory. */
  names: readonly string[]
  description: string
  /** Absent where it takes no value; one that need not have one counts as taking none. */
  values?: Values
}

export interface CompletionVerb {
  name: string
  description: string
  options: readonly CompletionOption[]
  arguments: readonly Values[]
}

/** The command line as a shell completes it. */
export interface CompletionTree {
  options: readonly CompletionOption[]
  verbs: readonly CompletionVerb[]
}

/** What an argument is called says what it is. */
const KINDS: Record<string, Values> = {
  dir: 'directory',
  file: 'file',
  image: 'directory',
  lesson: 'directory',
  preset: presetNames(),
  stage: ['bootstrap', 'kernel', 'rootfs', 'provision'],
}

const valuesOf = (name: string, choices: readonly string[] | undefined): Values =>
  choices ?? KINDS[name] ?? 'any'

const optionOf = ({ short, long, description, required, flags, argChoices }: Option): CompletionOption => ({
  names: [short, long].filter((name) => name !== undefined),
  description,
  ...(required && { values: valuesOf(/<([\w-]+)/.exec(flags)?.[1] ?? '', argChoices) }),
})

const optionsOf = (command: Command): CompletionOption[] => [
  ...command.options.filter(({ hidden }) => !hidden).map(optionOf),
  { names: ['-h', '--help'], description: 'display help' },
]

const argumentOf = (argument: Argument): Values => valuesOf(argument.name(), argument.argChoices)

/** Reads the tree out of the program itself, so that it cannot lag behind. */
export const completionTree = (program: Command): CompletionTree => ({
  options: optionsOf(program),
  verbs: program.commands.map((command) => ({
    name: command.name(),
    description: command.description(),
    options: optionsOf(command),
    arguments: command.registeredArguments.filter(({ variadic }) => !variadic).map(argumentOf),
  })),
})
