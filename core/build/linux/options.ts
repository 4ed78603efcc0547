import { optionChecks as checksOf, type OptionChecks } from '../../contract/plugin/option-checks.ts'
import { HOSTNAME } from '../../machine/tasks/network.ts'
import type { OptionValue } from './kernel.ts'

/** Checks of what plugins of Linux distributions are told, beside those of every plugin. */
export interface LinuxOptionChecks extends OptionChecks {
  /** The name of the machine's user; `taken` are those that the distribution has for itself. */
  user(name: string, taken?: readonly string[]): string
  /** What the machine calls itself, by RFC 1123; what is left out stays so. */
  hostname(name: string | undefined): string | undefined
  /** The form of a locale: `de_DE.UTF-8`. */
  locale(name: string): string
  kernelOptions(options: Record<string, OptionValue>): Record<string, OptionValue>
}

/** What Linux takes, HOST_NAME_MAX, less one for programs that count its end. */
const LONGEST_HOSTNAME = 63

export const optionChecks = (plugin: string): LinuxOptionChecks => {
  const checks = checksOf(plugin, `docs/plugins/${plugin}`)
  const { bad, oneOf } = checks
  return {
    ...checks,
    user: (name, taken = []) => {
      if (taken.includes(name))
        throw bad(`"${name}" cannot be the user: the distribution has it for itself.`, 'Name another.')
      if (/^[a-z_][a-z0-9_-]{0,31}$/.test(name) && name !== 'root') return name
      throw bad(
        `"${name}" cannot be the user.`,
        'Use lower-case letters, digits, _ and -; root stays locked.',
      )
    },
    hostname: (name) => {
      if (name === undefined || (HOSTNAME.test(name) && name.length <= LONGEST_HOSTNAME)) return name
      throw bad(
        `hostname is ${JSON.stringify(name)}, which is not the name of a host.`,
        'Use letters, digits and -, with dots between labels, at most 63 characters: "router-1".',
      )
    },
    locale: (name) => {
      if (/^(C|POSIX|(C|[a-z]{2,3}_[A-Z]{2})(\.[A-Za-z0-9-]+)?(@[a-z]+)?)$/.test(name)) return name
      throw bad(
        `locale is ${JSON.stringify(name)}, which is not the name of a locale.`,
        'Write it like "de_DE.UTF-8".',
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
