import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError } from '../../base/errors/error.ts'
import { nearest } from '../../base/text/nearest.ts'
import { printable } from '../../base/text/printable.ts'
import { controlSocket, type Environment, isServed } from './control-client.ts'
import type { Surroundings } from './surroundings.ts'

type Command = (words: readonly string[], env: Environment, surroundings: Surroundings) => Promise<number>

/** A command: only the one that runs is loaded. */
interface Entry {
  usage: string
  purpose: string
  /** The words that it takes; any where this is left out. */
  takes?: readonly string[]
  load(): Promise<{ default: Command }>
}

/** The commands of a container, by name. */
export const COMMANDS: ReadonlyMap<string, Entry> = new Map<string, Entry>([
  [
    'status',
    {
      usage: 'status [--json]',
      purpose: 'all that is known of the container and its machine',
      takes: ['--json'],
      load: () => import('./status.ts'),
    },
  ],
  [
    'health',
    {
      usage: 'health',
      purpose: 'the state in one line; exit status 0 if ready',
      takes: [],
      load: () => import('./health.ts'),
    },
  ],
  [
    'console',
    {
      usage: 'console',
      purpose: 'the serial console of the guest; Ctrl-] leaves',
      takes: [],
      load: () => import('./console.ts'),
    },
  ],
  [
    'ssh',
    {
      usage: 'ssh [command…]',
      purpose: "a login shell in the guest, or a line for the guest's shell",
      load: () => import('./ssh.ts'),
    },
  ],
  [
    'monitor',
    {
      usage: 'monitor [command…]',
      purpose: "QEMU's monitor, or one command of it",
      load: () => import('./monitor.ts'),
    },
  ],
])

/** The launcher's own child, not for people. */
const handshake: Entry = { usage: 'handshake', purpose: '', load: () => import('./handshake.ts') }

const help = (): string => {
  const entries = [...COMMANDS.values()]
  const width = Math.max(...entries.map(({ usage }) => usage.length))
  return [
    'Commands in this container:',
    '',
    ...entries.map(({ usage, purpose }) => `  antidote ${usage.padEnd(width)}  ${purpose}`),
    '',
    'ssh takes the password from ANTIDOTE_PASSWORD, or asks for it.',
    '',
  ].join('\n')
}

/** Says that the launcher of this container runs already, and what else there is; nothing where none answers. */
export const refuseSecond = async (env: Environment): Promise<number | undefined> => {
  if (!(await isServed(controlSocket(env)))) return undefined
  const { message, details } = errors.launcherRuns()
  process.stderr.write(`antidote: ${message}\n${details.hint}\n\n${help()}`)
  return details.exitCode
}

const isHelp = (word: string | undefined) => word === '--help' || word === '-h'

/** Throws LAUNCHER_COMMAND and LAUNCHER_ARGUMENT. */
const chosen = (name: string, words: readonly string[]): Entry => {
  const entry = name === 'handshake' ? handshake : COMMANDS.get(name)
  const known = [...COMMANDS.keys()]
  if (!entry) throw errors.launcherCommand(name, known, nearest(name, known))
  const stranger = entry.takes && words.find((word) => !entry.takes!.includes(word))
  if (stranger !== undefined) throw errors.launcherArgument(name, stranger)
  return entry
}

/** Runs a command inside the container and gives its exit status. What goes wrong is told on standard error. */
export const runCommand = async (
  argv: readonly string[],
  env: Environment,
  { machineFile = '/machine/machine.json', patience = 60 }: Partial<Surroundings> = {},
): Promise<number> => {
  const [name = 'help', ...words] = argv
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // whoever reads our output may have read enough
    if (error.code !== 'EPIPE') process.stderr.write(`antidote: ${error.message}\n`)
    process.exit(1)
  })
  try {
    if (name === 'help' || isHelp(name) || (COMMANDS.has(name) && isHelp(words[0]))) {
      process.stdout.write(help())
      return 0
    }
    const command = await chosen(name, words).load()
    return await command.default(words, env, { machineFile, patience })
  } catch (error) {
    if (!isAntidoteError(error)) throw error
    process.stderr.write(printable(`antidote: ${error.message}\n`))
    if (error.details.hint) process.stderr.write(printable(`${error.details.hint}\n`))
    return error.details.exitCode ?? 1
  }
}
