import { setMaxListeners } from 'node:events'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../base/errors/error.ts'
import { Build } from '../build/build.ts'
import { loggingCommands } from '../build/commands.ts'
import { configureEndpoint, type EndpointPlace, type Login } from '../build/configure.ts'
import type { Report } from '../build/events.ts'
import { BuildLog } from '../build/log.ts'
import type { Image } from '../contract/config/image.ts'
import type { Effect } from '../contract/plugin/endpoint.ts'
import type { Store } from '../store/store.ts'
import { persistently } from './retry.ts'
import type { EndpointStage } from './stage.ts'

/** Milliseconds before an attempt is repeated. */
const PAUSE = 1000

/** An image of a lesson: as its config has it, or only known by its name. */
export interface LessonImage {
  image: Image
  /** What its metadata say of the login; the machine's own if they do not. */
  login?: Login
}

/** Where an endpoint of a lesson runs, and what it runs. */
export interface Target extends Pick<EndpointPlace, 'host' | 'port' | 'hostKeys' | 'forwards'> {
  stage: EndpointStage
  image: LessonImage
  /** In the place of what its image says. */
  login?: Partial<Login>
}

/** How the configuration of an endpoint ended; `ok` where it is not known whether anything was changed. */
export type Result = 'ok' | 'changed' | 'unchanged' | 'failed' | 'stopped'

/** What became of an endpoint. */
export interface Outcome {
  endpoint: string
  result: Result
  ms: number
  /** How often it was tried. */
  attempts: number
  error?: unknown
}

export interface LessonOptions {
  /** The lesson's directory. */
  lesson: string
  store: Store
  signal: AbortSignal
  /** Attempts after the first one, where the error may pass. */
  retries: number
  /** Milliseconds for each endpoint. */
  deadline: number
  /** Report the commands that run, too. */
  verbose?: boolean
  report(endpoint: string): Report
  /** Told when an endpoint is done. */
  onOutcome?(outcome: Outcome): void
}

const resultOf = (effects: ReadonlySet<Effect>): Result => {
  if (effects.has('changed')) return 'changed'
  return effects.has('unchanged') && !effects.has('done') ? 'unchanged' : 'ok'
}

/** Who configures an endpoint: as it is said here, else as its image or the image's metadata have it. */
const loginOf = ({ image: { image, login }, login: said }: Target, machine: Login): Login => {
  const { configUser, configPassword } = image.config.platform
  return {
    user: said?.user ?? login?.user ?? configUser ?? machine.user,
    password: said?.password ?? login?.password ?? configPassword ?? machine.password,
  }
}

const isSilent = (error: unknown): boolean => isAntidoteError(error) && error.code === 'ENDPOINT_SILENT'

/** One attempt after the other, until the deadline. Gives what became of the endpoint in the last of them. */
const attempts = async (
  build: Build,
  target: Target,
  options: LessonOptions,
  told: { attempts: number; last: string },
): Promise<Result> => {
  const { stage, image: _image, login: _login, ...place } = target
  const { configuration, settings } = stage
  let effects = new Set<Effect>()
  await persistently(
    () => {
      told.attempts++
      effects = new Set()
      return configureEndpoint(build, {
        ...place,
        lesson: options.lesson,
        login: (machine) => loginOf(target, machine),
        deadline: options.deadline,
        tell: (effect) => void effects.add(effect),
        ...(configuration && { configuration }),
        ...(settings && { settings }),
      })
    },
    {
      retries: options.retries,
      pause: PAUSE,
      signal: build.options.signal,
      onRetry: (error) => {
        told.last = messageOf(error)
        build.options.report({ type: 'warn', text: `${told.last} It is tried again.` })
      },
    },
  )
  return resultOf(effects)
}

const configureTarget = async (
  target: Target,
  options: LessonOptions,
  prepare: (build: Build, target: Target) => Promise<void>,
): Promise<Outcome> => {
  const { name: endpoint } = target.stage.endpoint
  const { image } = target.image
  const log = new BuildLog(options.store.directory, `${endpoint}-${image.name}`)
  const late = new AbortController()
  const signal = AbortSignal.any([options.signal, late.signal])
  setMaxListeners(0, signal)
  const told = { attempts: 0, last: '' }
  let build: Build | undefined
  let timer: NodeJS.Timeout | undefined
  let began = Date.now()
  const ended = (result: Result, error?: unknown): Outcome => ({
    endpoint,
    result,
    ms: Date.now() - began,
    attempts: told.attempts,
    ...(error !== undefined && { error }),
  })
  const report = options.report(endpoint)
  const work = async (): Promise<Result> => {
    build = new Build(image, options.store, { report, log, signal })
    // tools are made once, before the time begins that an endpoint has
    await prepare(build, target)
    began = Date.now()
    const seconds = options.deadline / 1000
    timer = setTimeout(
      () => late.abort(errors.endpointDeadline(endpoint, seconds, told.last)),
      options.deadline,
    )
    return attempts(build, target, options, told)
  }
  const commands = { log, masked: () => build?.masked, ...(options.verbose && { report }) }
  try {
    return ended(await loggingCommands(commands, work))
  } catch (error) {
    if (options.signal.aborted) return ended('stopped')
    const why: unknown = late.signal.aborted && !isSilent(error) ? late.signal.reason : error
    return ended('failed', log.fail(why, build?.masked))
  } finally {
    clearTimeout(timer)
    await log.close()
  }
}

/**
 * Configures the endpoints of a lesson, all at once. One that fails does not stop the others; how each ended is in its
 * outcome.
 */
export const configureLesson = async (
  targets: readonly Target[],
  options: LessonOptions,
): Promise<Outcome[]> => {
  setMaxListeners(0, options.signal)
  // one after the other: what the first has made or checked, the others find
  let turn: Promise<unknown> = Promise.resolve()
  const prepare = (build: Build, { stage }: Target): Promise<void> => {
    const mine = turn.then(() => build.prepareConfigure(stage.configuration))
    turn = mine.catch(() => {})
    return mine
  }
  return Promise.all(
    targets.map(async (target) => {
      const outcome = await configureTarget(target, options, prepare)
      options.onOutcome?.(outcome)
      return outcome
    }),
  )
}
