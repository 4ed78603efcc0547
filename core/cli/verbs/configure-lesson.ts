import { basename, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { configureLesson, type LessonImage, type Outcome, type Target } from '../../lesson/configure.ts'
import { endpointOf, type Lesson, readLesson } from '../../lesson/lesson.ts'
import { type EndpointStage, hasWork, readStage } from '../../lesson/stage.ts'
import type { HostKeys } from '../../machine/host-keys/host-keys.ts'
import { hostKeysOf } from '../arguments/host-key-choice.ts'
import { type EndpointRow, endpointTable, liveEndpoints, plainEndpoints } from '../display/endpoints.ts'
import { findLessonImage, nearestImages } from '../loader/lesson-images.ts'
import { print } from '../session/common.ts'
import { interruptible, isLive, withStore } from '../session/with-build.ts'
import { say } from '../terminal/output.ts'
import { errorDocument, printError } from '../terminal/print-error.ts'
import type { ConfigureOptions } from './configure-options.ts'

/** As the platform has them: seconds for each endpoint, and attempts after the first. */
const DEADLINE = 600
const RETRIES = 3

/** What jobs of the platform are told of their one endpoint. */
const { env } = process

/** The endpoints that are meant, with what their images say. Throws what is wrong before anything is reached. */
const targetsOf = async (
  lesson: Lesson,
  all: EndpointStage[],
  options: ConfigureOptions,
  hostKeys: HostKeys,
): Promise<Target[]> => {
  const { endpoint: addresses = [], forward = [], only } = options
  for (const name of [...addresses, ...forward].map(({ endpoint }) => endpoint!)) endpointOf(lesson, name)
  for (const name of only ?? []) endpointOf(lesson, name)
  const wanted = all.filter(({ endpoint }) => !only || only.includes(endpoint.name))
  if (env.ANTIDOTE_TARGET_HOST && wanted.length > 1) throw errors.lessonTarget(wanted.length)
  const images = options.images === undefined ? nearestImages(lesson.directory) : resolve(options.images)
  const { ANTIDOTE_TARGET_USERNAME: user, ANTIDOTE_TARGET_PASSWORD: password } = env
  const login = { ...(user && { user }), ...(password && { password }) }
  const targets: Target[] = []
  const known = new Map<string, LessonImage>()
  for (const stage of wanted) {
    const { name, image: reference } = stage.endpoint
    const image = known.get(reference) ?? (await findLessonImage(reference, images))
    known.set(reference, image)
    if (image.image.elsewhere && !hasWork(stage)) continue
    const address = addresses.findLast(({ endpoint }) => endpoint === name)
    const forwards = forward.filter(({ endpoint }) => endpoint === name).map(({ from, to }) => [to, from])
    targets.push({
      stage,
      image,
      host: address?.host ?? (env.ANTIDOTE_TARGET_HOST || name),
      port: address?.port ?? (Number(env.ANTIDOTE_TARGET_PORT) || 22),
      hostKeys,
      forwards: Object.fromEntries(forwards),
      login,
    })
  }
  return targets
}

/** A row of the table before anything has happened. */
const rowOf = ({ endpoint, configuration }: EndpointStage, busy: boolean): EndpointRow => ({
  name: endpoint.name,
  way: configuration?.type ?? '-',
  file: configuration ? basename(configuration.file) : '-',
  state: busy ? 'waiting' : 'nothing',
})

const documentOf = ({ name: endpoint, way, file, state: result, ms = 0, error }: EndpointRow) => ({
  endpoint,
  way,
  file,
  result,
  seconds: Math.round(ms / 10) / 100,
  ...(error !== undefined && { error: errorDocument(error) }),
})

/** Configures the endpoints of a lesson for one of its stages. Gives 1 if any of them failed. */
export const configureLessonOf = (directory: string, options: ConfigureOptions): Promise<number> =>
  interruptible(async (signal) => {
    const { stage = 0, deadline = DEADLINE, retries = RETRIES } = options
    const lesson = await readLesson(directory)
    const all = await readStage(lesson, stage)
    const targets = await targetsOf(lesson, all, options, hostKeysOf(options))
    const rows = new Map(
      all
        .filter(({ endpoint }) => !options.only || options.only.includes(endpoint.name))
        .map((one) => [
          one.endpoint.name,
          rowOf(
            one,
            targets.some((target) => target.stage === one),
          ),
        ]),
    )
    const list = [...rows.values()]
    return withStore(signal, async ({ store }) => {
      const display = isLive(options)
        ? liveEndpoints(process.stderr, list)
        : plainEndpoints(say, { lines: options.verbose === true })
      const onOutcome = ({ endpoint, result, ms, error }: Outcome) => {
        const row = rows.get(endpoint)!
        Object.assign(row, { state: result, ms, error })
        display.update(row)
      }
      try {
        await configureLesson(targets, {
          lesson: lesson.directory,
          store,
          signal,
          retries,
          deadline: deadline * 1000,
          verbose: options.verbose === true,
          report: (endpoint) => (event) => display.report(rows.get(endpoint)!, event),
          onOutcome,
        })
      } finally {
        display.close()
      }
      signal.throwIfAborted()
      const failed = list.filter(({ state }) => state === 'failed')
      const document = {
        lesson: lesson.directory,
        stage,
        failed: failed.length,
        endpoints: list.map(documentOf),
      }
      print(options, document, () => `${endpointTable(list).join('\n')}\n`)
      for (const { error } of failed) printError(error)
      return failed.length > 0 ? 1 : 0
    })
  })
