import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../base/errors/error.ts'
import { sha256 } from '../base/files/digest.ts'
import { canonical, type Data } from '../base/model/key.ts'
import type { Driver, Tap } from '../contract/plugin/stages.ts'
import type { Step } from '../contract/plugin/step.ts'
import type { RunningMachine } from '../machine/running.ts'
import type { Store } from '../store/store.ts'
import { attribute } from './attribute.ts'
import { specify, withMachine } from './boot.ts'
import type { Build } from './build.ts'
import { callWhole } from './call-whole.ts'

/** How one test went. */
export interface TestResult {
  name: string
  plugin: string
  ok: boolean
  ms: number
  message?: string
  /** The last lines of what failed. */
  lines?: string[]
}

/** How the tests of an image went. */
export interface TestReport {
  image: string
  passed: number
  failed: number
  tests: TestResult[]
}

/** When the tests run; `once` takes the word of an earlier run of the same tests on the same machine. */
export type TestsWanted = 'once' | 'again' | 'never'

/** Interfaces that the tests need to see that they come in order. */
const TEST_INTERFACES = 3

/** Milliseconds in which a test that is over may still say why. */
const FAREWELL = 5000

/** A step whose signal, and what it runs in the toolbox, end with another signal too. */
const bounded = (step: Step, late: AbortSignal): Step => {
  const signal = AbortSignal.any([step.signal, late])
  return { ...step, signal, run: (argv, options) => step.run(argv, { signal, ...options }) }
}

/** Runs a test on a machine until its deadline, in seconds. Throws TEST_DEADLINE. */
const untilDeadline = async (
  machine: RunningMachine,
  name: string,
  seconds: number,
  run: (late: AbortSignal) => Promise<unknown>,
): Promise<void> => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(errors.testDeadline(name, seconds)), seconds * 1000)
  let farewell: NodeJS.Timeout | undefined
  const given = new Promise<never>((_, reject) => {
    late.signal.addEventListener('abort', () => {
      farewell = setTimeout(() => reject(late.signal.reason), FAREWELL)
    })
  })
  try {
    await Promise.race([machine.within(late.signal, () => run(late.signal)), given])
    late.signal.throwIfAborted()
  } catch (error) {
    if (!late.signal.aborted) throw error
    const { lines } = isAntidoteError(error) ? error.details : {}
    throw errors.testDeadline(name, seconds, lines)
  } finally {
    clearTimeout(timer)
    clearTimeout(farewell)
  }
}

/** Runs every test, or those that are wanted; one that fails does not stop the others. */
export class TestDriver implements Driver {
  readonly results: TestResult[] = []
  readonly #build: Build
  readonly #wanted: (tap: Tap) => boolean

  constructor(build: Build, wanted: (tap: Tap) => boolean = () => true) {
    this.#build = build
    this.#wanted = wanted
  }

  async tap(tap: Tap, machine: unknown): Promise<unknown> {
    if (!this.#wanted(tap)) return undefined
    const build = this.#build
    if (tap.when?.((machine as RunningMachine).spec) === false) return undefined
    const { report, signal } = build.options
    const event = { type: 'step', stage: 'test', plugin: tap.plugin, tap: tap.name } as const
    const began = Date.now()
    report({ ...event, state: 'start' })
    const done = (failure?: Omit<TestResult, 'name' | 'plugin' | 'ok' | 'ms'>) => {
      const ms = Date.now() - began
      this.results.push({ name: tap.name, plugin: tap.plugin, ok: !failure, ms, ...failure })
      report({ ...event, state: failure ? 'failed' : 'done', ms })
    }
    try {
      const { testDeadline } = build.image.config
      await untilDeadline(machine as RunningMachine, tap.name, testDeadline, (late) =>
        build.maker.unkept(build.planned(tap), (step) =>
          attribute(build.image, tap, () => callWhole(step, (own) => tap.fn(machine, bounded(own, late)))),
        ),
      )
      done()
    } catch (error) {
      signal.throwIfAborted()
      const lines = isAntidoteError(error) ? error.details.lines : undefined
      done({ message: messageOf(error), ...(lines && { lines }) })
    }
    return undefined
  }
}

/** Where a passed run of the tests is remembered: the same machine and tests need not run twice. */
const reportFile = (build: Build, saved?: string): string => {
  const keys = [...[...build.plan.boot, ...build.plan.test].map(({ key }) => key), ...(saved ? [saved] : [])]
  return join(build.store.directory, 'tested', `${sha256(canonical(keys as Data)).slice(0, 32)}.json`)
}

/**
 * The report of the last time these very tests passed on this very machine, if they did: as it booted, or as it was
 * restored from what a key saved.
 */
export const passedTests = async (build: Build, saved?: string): Promise<TestReport | undefined> => {
  try {
    return JSON.parse(await readFile(reportFile(build, saved), 'utf8')) as TestReport
  } catch {
    return undefined
  }
}

/** Lends an empty directory as lesson files. */
export const withLesson = async <T>(store: Store, act: (directory: string) => Promise<T>): Promise<T> => {
  // in the store, so that `clean` finds it after a kill
  const directory = await mkdtemp(join(store.directory, 'tmp', 'lesson-'))
  try {
    // the guest's own user reads it with the host's modes
    await chmod(directory, 0o755)
    return await act(directory)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Builds, boots and runs every test; keeps the report if all passed. */
export const runTests = async (build: Build): Promise<TestReport> => {
  const { disk, spec } = await specify(build)
  const driver = new TestDriver(build)
  const tested = { ...spec, interfaces: Math.max(spec.interfaces, TEST_INTERFACES) }
  await withLesson(build.store, (directory) =>
    withMachine(
      build,
      disk,
      tested,
      { changes: 'overlay', lesson: { directory, readOnly: true } },
      (machine) => build.stage('test', machine, driver),
    ),
  )
  return reportOf(build, driver)
}

/** What a driver saw; kept if all passed. */
export const reportOf = async (
  build: Build,
  { results: tests }: TestDriver,
  saved?: string,
): Promise<TestReport> => {
  const failed = tests.filter(({ ok }) => !ok).length
  const result: TestReport = { image: build.image.name, passed: tests.length - failed, failed, tests }
  if (failed === 0) await writeFile(reportFile(build, saved), JSON.stringify(result))
  return result
}

/** Each failed test with what it said, then the last lines of what it ran. */
export const failures = ({ tests }: TestReport): string[] =>
  tests
    .filter(({ ok }) => !ok)
    .flatMap(({ name, plugin, message, lines = [] }) => [
      `${plugin} › ${name}: ${message}`,
      ...lines.map((line) => `  ${line}`),
    ])

/**
 * Makes sure that an image passes its tests; `remembered` takes the word of an earlier run of the same tests on the
 * same machine. Throws TESTS_FAILED.
 */
export const proveTested = async (build: Build, remembered: boolean): Promise<void> => {
  const passed = remembered ? await passedTests(build) : undefined
  if (passed) {
    const text = `${passed.passed} tests passed on this machine before.`
    return build.options.report({ type: 'info', text })
  }
  const report = await runTests(build)
  if (report.failed > 0)
    throw errors.testsFailed(report.image, report.failed, report.tests.length, failures(report))
}
