import { optionChecks as checksOf, type OptionChecks } from '../config/option-checks.ts'
import type { OptionValue } from './kernel.ts'

/** Checks of what plugins of Linux distributions are told, beside those of every plugin. */
export interface LinuxOptionChecks extends OptionChecks {
  /** The name of the machine's user. */
  user(name: string): string
  kernelOptions(options: Record<string, OptionValue>): Record<string, OptionValue>
}

export const optionChecks = (plugin: string): LinuxOptionChecks => {
  const checks = checksOf(plugin, `docs/plugins/${plugin}`)
  const { bad, oneOf } = checks
  return {
    ...checks,
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
