import { errors } from '../../base/errors/catalogue.ts'
import { quoteAll } from '../../base/text/quote.ts'

/** The line that a login shell runs for an argument vector. Throws GUEST_ARGUMENT on a name no variable can have. */
export const commandLine = (
  argv: readonly string[],
  env: Record<string, string> = {},
  sudo: boolean,
): string => {
  const variables = Object.entries(env).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw errors.guestArgument(name)
    return `${name}=${value}`
  })
  return quoteAll([
    ...(sudo ? ['sudo', '-n', '--'] : []),
    ...(variables.length > 0 ? ['env', ...variables] : []),
    ...argv,
  ])
}
