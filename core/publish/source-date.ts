import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { SOURCE_DATE_EPOCH } from '../base/model/epoch.ts'
import { type Run, run as runOnHost } from '../base/process/run.ts'
import type { Plan } from '../build/plan.ts'
import type { Image } from '../contract/config/image.ts'

/** The last second that four digits of a year can say. */
const LAST = 253_402_300_799

const text = (seconds: number): string => new Date(seconds * 1000).toISOString()

/** The time of images whose sources have none that can be written. */
export const NO_SOURCE_DATE = text(SOURCE_DATE_EPOCH)

const fromEnvironment = (value: string): string => {
  if (!/^\d{1,12}$/.test(value) || Number(value) > LAST) throw errors.sourceDate(value)
  return text(Number(value))
}

/** When a commit last changed something in the directory; undefined where git does not know. */
const fromGit = async (directory: string, run: Run, signal?: AbortSignal): Promise<string | undefined> => {
  // no program that the repository's own settings name
  const git = ['git', '--no-pager', '-c', 'log.showSignature=false', '-C', directory]
  const argv = [...git, 'log', '-1', '--format=%ct', '--', '.']
  const { code, stdout } = await run(argv, { allowFailure: true, timeout: 10_000, signal }).catch(
    (error: unknown) => {
      signal?.throwIfAborted()
      return { code: 1, stdout: String(error) }
    },
  )
  return code === 0 && /^\d{1,12}\n$/.test(stdout) ? text(Number(stdout)) : undefined
}

/** The files and directories that an image's steps use, as the config names them. */
export const sourceFiles = (plan: Plan): string[] =>
  Object.values(plan).flatMap((steps) => steps.flatMap(({ described }) => Object.keys(described.files)))

/** When a file was last changed, or the newest in a directory, in seconds; 0 where there is none. */
const changed = (path: string): number => {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats?.isDirectory()) return Math.floor((stats?.mtimeMs ?? 0) / 1000)
  const entries = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isSymbolicLink())
  return Math.max(0, ...entries.map(({ name }) => changed(join(path, name))))
}

/**
 * The time of an image's sources: SOURCE_DATE_EPOCH of the environment, else what the config says, else that of the
 * last commit in its directory, else when the config or one of `files` was last changed. Throws SOURCE_DATE.
 */
export const sourceDate = async (
  { directory, file, config }: Image,
  {
    files,
    env = process.env,
    run = runOnHost,
    signal,
  }: { files: readonly string[]; env?: NodeJS.ProcessEnv; run?: Run; signal?: AbortSignal },
): Promise<string> => {
  if (env.SOURCE_DATE_EPOCH) return fromEnvironment(env.SOURCE_DATE_EPOCH)
  if (config.created) return new Date(config.created).toISOString()
  const committed = await fromGit(directory, run, signal)
  if (committed) return committed
  const newest = Math.max(...[file, ...files].map((path) => changed(resolve(directory, path))))
  return newest > 0 && newest <= LAST ? text(newest) : NO_SOURCE_DATE
}
