import { errors } from '../../base/errors/catalogue.ts'
import type { HostKeyChoice } from '../arguments/host-key-choice.ts'
import type { EndpointAddress, NamedForward } from '../arguments/parse.ts'
import type { GlobalOptions } from '../session/common.ts'

/** The options of `configure`. */
export interface ConfigureOptions extends GlobalOptions {
  host?: string
  port?: number
  forward?: NamedForward[]
  lesson?: string
  stage?: number
  endpoint?: EndpointAddress[]
  only?: string[]
  images?: string
  knownHosts?: string
  hostKeys?: HostKeyChoice
  deadline?: number
  retries?: number
}

type Name = keyof ConfigureOptions & string

/** What speaks of the one endpoint that is configured without a lesson. */
const OF_ONE: readonly Name[] = ['host', 'port', 'lesson', 'config']

/** What speaks of the endpoints of a lesson; what may come from the environment is not refused. */
const OF_LESSON: readonly Name[] = ['endpoint', 'retries']

/** Refuses options that cannot be meant together. Throws OPTIONS_CONTRADICT and OPTION_MISSING. */
export const checkOptions = (lesson: string | undefined, options: ConfigureOptions): void => {
  const given = (name: Name) => options[name] !== undefined
  if (lesson === undefined) {
    const other = OF_LESSON.find(given)
    if (other) throw errors.optionMissing('[lesson]', `--${other} is for the endpoints of a lesson`)
    if (options.forward?.some(({ endpoint }) => endpoint !== undefined))
      throw errors.optionMissing('[lesson]', '--forward names an endpoint of a lesson')
    return
  }
  const other = OF_ONE.find(given)
  if (other)
    throw errors.optionsContradict(
      'a lesson',
      `--${other}`,
      'it is for one endpoint without a lesson',
      'Name where an endpoint of the lesson answers with --endpoint <name>=<host>:<port>.',
    )
  if (options.forward?.some(({ endpoint }) => endpoint === undefined))
    throw errors.optionMissing(
      '--forward <endpoint>=<port>:<port>',
      'in a lesson a forward is of an endpoint',
    )
}
