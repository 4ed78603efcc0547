import { nearest } from '../config/nearest.ts'
import { AntidoteError } from '../errors/error.ts'
import type { OptionValue } from './kernel.ts'

/** Checks of what plugins of Linux distributions are told; each throws PLUGIN_OPTION with the plugin's name. */
export interface OptionChecks {
  bad(message: string, hint: string): AntidoteError
  oneOf<T extends string>(option: string, value: string, known: readonly T[]): T
  /** Refuses options that are not known. */
  known(options: object, known: readonly string[]): void
  /** The name of the machine's user. */
  user(name: string): string
  kernelOptions(options: Record<string, OptionValue>): Record<string, OptionValue>
}

export const optionChecks = (plugin: string): OptionChecks => {
  const bad: OptionChecks['bad'] = (message, hint) =>
    new AntidoteError('PLUGIN_OPTION', `${plugin}: ${message}`, { exitCode: 2, hint })
  const oneOf: OptionChecks['oneOf'] = (option, value, known) => {
    const found = known.find((name) => name === value)
    if (found !== undefined) return found
    const near = nearest(value, known)
    throw bad(
      `${option} is "${value}", which is not one of ${known.join(', ')}.`,
      near ? `Write ${option}: '${near}'.` : `Choose one of ${known.join(', ')}.`,
    )
  }
  return {
    bad,
    oneOf,
    known: (options, known) => {
      for (const name of Object.keys(options)) {
        if (known.includes(name)) continue
        const near = nearest(name, known)
        throw bad(
          `"${name}" is not an option.`,
          near ? `Did you mean "${near}"?` : `docs/plugins/${plugin} lists them.`,
        )
      }
    },
    user: (name) => {
      if (/^[a-z_][a-z0-9_-]{0,31}$/.test(name) && name !== 'root') return name
      throw bad(
        `"${name}" cannot be the user.`,
        'Use lower-case letters, digits, _ and -; root stays locked.',
      )
    },
    kernelOptions: (options) => {
      for (const [name, value] of Object.entries(options)) {
        if (!/^[A-Z0-9_]+$/.test(name) || name.startsWith('CONFIG_')) {
          throw bad(
            `the kernel option "${name}" is not a name like VIRTIO_NET.`,
            'Leave CONFIG_ out; use capitals.',
          )
        }
        oneOf(`kernelOptions.${name}`, value, ['y', 'm', 'n'])
      }
      return options
    },
  }
}
