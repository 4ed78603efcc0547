import { errors } from '../../base/errors/catalogue.ts'
import { watchingCommands } from '../../base/process/watching.ts'
import { Build } from '../../build/build.ts'
import { commandText, loggingCommands } from '../../build/commands.ts'
import type { Report } from '../../build/events.ts'
import { BuildLog } from '../../build/log.ts'
import type { Image } from '../../contract/config/image.ts'
import type { Stage } from '../../contract/plugin/stages.ts'
import type { Step } from '../../contract/plugin/step.ts'
import { fullDisk } from '../../store/full.ts'
import { Store } from '../../store/store.ts'
import { checkTemporary } from '../../store/temporary.ts'
import { liveDisplay } from '../display/live.ts'
import { plainDisplay } from '../display/plain.ts'
import { type Check, preflight } from '../preflight/preflight.ts'
import { room } from '../preflight/room.ts'
import { readerGone, say } from '../terminal/output.ts'
import { findImage, type GlobalOptions } from './common.ts'

/** The options of the verbs that build. */
export interface BuildingOptions extends GlobalOptions {
  from?: Stage
  cache?: boolean
  onError?: 'abort' | 'keep' | 'shell'
}

/** What a verb works with while it builds. */
export interface Session {
  image: Image
  store: Store
  build: Build
  report: Report
  signal: AbortSignal
  /** Ends the display, so that the terminal is the caller's. */
  quiet(): void
}

/** Aborts on Ctrl-C and on a polite kill. A second Ctrl-C ends at once, as people expect. */
export const interruptible = async <T>(act: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const controller = new AbortController()
  let asked = false
  const stop = () => {
    if (asked) process.exit(130)
    asked = true
    controller.abort(errors.interrupted())
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  // who closes our output wants no more of it
  const noReader = () => controller.abort(errors.interrupted())
  readerGone.addEventListener('abort', noReader)
  try {
    readerGone.throwIfAborted()
    return await act(controller.signal)
  } catch (error) {
    if (controller.signal.aborted) throw errors.interrupted()
    throw error
  } finally {
    for (const signal of signals) process.off(signal, stop)
    readerGone.removeEventListener('abort', noReader)
  }
}

/** Where builds take place: one store, shared with other builds, and one way to be interrupted. */
export interface Workplace {
  store: Store
  signal: AbortSignal
}

/** What shows the progress of one image. */
export interface Display {
  report: Report
  close(): void
}

/** Opens the store and shares it with other builds, so that nobody cleans it meanwhile. */
export const withStore = async <T>(signal: AbortSignal, act: (work: Workplace) => Promise<T>): Promise<T> => {
  checkTemporary()
  const store = await new Store().open()
  const onWait = () => say(`The store ${store.directory} is being cleaned; waiting for that.\n`)
  const inUse = await store.lock('store', { shared: true, signal, onWait })
  try {
    return await act({ store, signal })
  } catch (error) {
    throw await fullDisk(store.directory, error)
  } finally {
    await inUse?.release()
  }
}

/** Drives the build of one image: with a log of its own, which an error names, and whatever display it is given. */
export const withImage = async <T>(
  image: Image,
  { store, signal }: Workplace,
  options: BuildingOptions,
  display: Display,
  act: (session: Session) => Promise<T>,
): Promise<T> => {
  const log = new BuildLog(store.directory, image.name)
  const { report } = display
  let build: Build | undefined
  let open = true
  const quiet = () => {
    if (open) display.close()
    open = false
  }
  const work = async (): Promise<T> => {
    // where no step could run, that is said before anything is made
    await store.layering(signal)
    const onFailure = options.onError === 'shell' ? (step: Step) => failureShell(step, quiet) : undefined
    build = new Build(image, store, {
      report,
      log,
      signal,
      noCache: options.cache === false,
      keep: options.onError === 'keep',
      ...(options.from && { from: options.from }),
      ...(onFailure && { onFailure }),
    })
    return act({ image, store, build, report, signal, quiet })
  }
  const commands = { log, masked: () => build?.masked, ...(options.verbose && { report }) }
  try {
    return await loggingCommands(commands, work)
  } catch (error) {
    quiet()
    throw log.fail(await fullDisk(store.directory, error), build?.masked)
  } finally {
    quiet()
    await log.close()
  }
}

/** Whether progress is drawn in place: on a terminal, and neither for a program nor line by line. */
export const isLive = (options: GlobalOptions): boolean =>
  process.stderr.isTTY && !options.json && !options.verbose

/**
 * Loads the image, shares the store with other builds, shows progress, and cleans up whatever happens. What the run
 * needs at its end is looked at first: room for it, and what the verb looks at `ahead`. `late` ends it.
 */
export const withBuild = <T>(
  options: BuildingOptions & { ahead?: (session: Session) => readonly Check[] },
  until: Stage,
  act: (session: Session) => Promise<T>,
  late?: AbortSignal,
): Promise<T> =>
  interruptible(async (interrupted) => {
    const signal = late ? AbortSignal.any([interrupted, late]) : interrupted
    const image = await findImage(options)
    return withStore(signal, (work) => {
      const display = isLive(options)
        ? liveDisplay(process.stderr, until)
        : plainDisplay(say, { lines: options.verbose === true })
      return withImage(image, work, options, display, async (session) => {
        await preflight([...(options.ahead?.(session) ?? []), room(session.build, until)], session)
        return act(session)
      })
    })
  })

/** Shows the commands that a verb runs which builds nothing, where they are asked for. */
export const showingCommands = <T>(options: GlobalOptions, act: () => Promise<T>): Promise<T> =>
  options.verbose ? watchingCommands((command) => say(`${commandText(command)}\n`), act) : act()

const failureShell = async (step: Step, quiet: () => void): Promise<void> => {
  quiet()
  say('The step failed. This is a shell where it worked; `exit` ends the build.\n')
  const status = await step.shell()
  if (status === undefined) say('The step has neither a tree nor a machine to open a shell in.\n')
}
