import { AntidoteError } from '../../core/base/errors/error.ts'

/** What is said where an option is refused, with the hint; nothing where it is taken. */
export const refusal = (check: () => unknown): string => {
  try {
    check()
  } catch (error) {
    if (!(error instanceof AntidoteError) || error.code !== 'PLUGIN_OPTION') throw error
    const { hint } = error.details
    return hint === undefined ? error.message : `${error.message} ${hint}`
  }
  return ''
}
