import { existsSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AntidoteError, type Endpoint, readRegular, type Step, tasks, writeSshFiles } from 'antidote'

const LIBRARY = fileURLToPath(new URL('./library', import.meta.url))

/** Where scripts see the files of the lesson, as in the platform's jobs. */
const LESSON = '/antidote'

/** Where they see the module `antidote` and what it runs. */
const MODULES = '/opt/antidote/modules'
const TASKS = '/opt/antidote/tasks'

/** The password comes on standard input: the environment of a command is in the arguments of those that enter it. */
const START = `IFS= read -r ANTIDOTE_TARGET_PASSWORD
export ANTIDOTE_TARGET_PASSWORD
exec python3 "$1" </dev/null`

/** Exceptions that tell of an endpoint that was not reached, or that left; the name of one ends a traceback. */
const PASSING =
  /^([\w.]*\.)?(Connection\w*Error|\w*TimeoutError|timeout|TimeoutException|NetmikoTimeoutException|ReadTimeout|ConnectTimeout|TimeoutExpiredError|NoValidConnectionsError|SSHException|SSHError|SessionCloseError|BrokenPipeError|gaierror|EOFError)\b/

/** sysexits.h: what was asked for may work later. */
const LATER = 75

const lastLines = (text: string): string[] =>
  text
    .split('\n')
    // marks under a part of a line say nothing without it
    .filter((line) => !/^[\s^~]*$|^\s*\.\.\.<\d+ lines>\.\.\.$/.test(line))
    .slice(-15)

/** The TCP ports of an endpoint that a script may speak to. */
const portsOf = ({ spec }: Endpoint): number[] => {
  const tcp = spec.ports.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port)
  return [...new Set([830, ...tcp])]
}

/** Where they answer, as variables. */
const portVariables = (endpoint: Endpoint): Record<string, string> => {
  const { at } = endpoint
  const known = portsOf(endpoint).map((port) => [`ANTIDOTE_TARGET_PORT_${port}`, String(at(port).port)])
  return { ANTIDOTE_TARGET_PORT: String(at(22).port), ...Object.fromEntries(known) }
}

/** Runs a script for an endpoint, in the tool set `tools`. Throws PYTHON_FAILED. */
export const runScript = async (endpoint: Endpoint, step: Step, file: string): Promise<void> => {
  const { lesson, spec, at, tell } = endpoint
  const { user, password } = spec.login
  const inside = lesson === undefined ? '..' : relative(lesson, file)
  const isLesson = !inside.startsWith('..')
  const directory = isLesson ? LESSON : dirname(file)
  const changes = join(step.work, `changes-${basename(file)}`)
  step.mask(password)
  const ssh = await writeSshFiles(join(step.work, 'ssh'), [at(22), ...portsOf(endpoint).map(at)])
  const { code, stderr, stdout } = await step.run(
    ['sh', '-c', START, 'python', join(directory, isLesson ? inside : basename(file))],
    {
      tools: 'tools',
      title: `python3 ${basename(file)}`,
      network: true,
      cwd: directory,
      input: `${password}\n`,
      allowFailure: true,
      views: {
        ...ssh.views,
        [MODULES]: LIBRARY,
        [TASKS]: tasks.scripts,
        ...(isLesson ? { [LESSON]: lesson! } : { [directory]: directory }),
      },
      env: {
        ANTIDOTE_TARGET_HOST: at(22).host,
        ANTIDOTE_TARGET_USERNAME: user,
        ...ssh.env,
        ...portVariables(endpoint),
        ANTIDOTE_CHANGES: changes,
        ANTIDOTE_TASKS: TASKS,
        PYTHONPATH: MODULES,
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
      },
    },
  )
  // a script that does not use the module says nothing; what it leaves there may be a FIFO
  const made = existsSync(changes) ? readRegular(changes).content.toString() : undefined
  if (made === undefined) tell?.('done')
  else tell?.(made === '' ? 'unchanged' : 'changed')
  if (code === 0) {
    step.log.info(`${basename(file)} has run`)
    return
  }
  const lines = lastLines(stderr || stdout)
  const last = lines.at(-1)?.trim() ?? ''
  const passing = code === LATER || PASSING.test(last)
  throw new AntidoteError(
    'PYTHON_FAILED',
    `${basename(file)} ended with exit status ${code}${last && `: ${last.replace(/\.$/, '')}`}.`,
    { lines, passing },
  )
}
