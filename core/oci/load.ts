import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { randomName } from '../digest.ts'
import { errors } from '../errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../errors/error.ts'
import type { Tools } from '../machine/tools.ts'
import { type Run, run as runOnHost } from '../process/run.ts'
import { KEY_LABEL } from './config.ts'
import type { Layout } from './layout.ts'
import type { Standing } from './manifest.ts'

export type Engine = 'podman' | 'docker'

/** How an image is loaded. */
export interface LoadOptions {
  /** Where skopeo runs. */
  run: Tools['run']
  /** Where podman and docker run: the host, whose engines they are. */
  host?: Run
  signal?: AbortSignal
  onLine?: (line: string) => void
}

/** What a host has of an engine: undefined without it, else why it cannot be used, if it cannot. */
const probe = async (
  engine: Engine,
  host: Run,
  signal?: AbortSignal,
): Promise<{ lines?: string[] } | undefined> => {
  // asks the daemon, which `docker --version` does not
  const argv = engine === 'docker' ? ['docker', 'version'] : ['podman', 'info']
  try {
    const { stdout } = await host(argv, { signal, timeout: 20_000 })
    // Debian's podman-docker is podman under another name
    return engine === 'docker' && /podman/i.test(stdout) ? undefined : {}
  } catch (error) {
    if (!isAntidoteError(error) || error.code === 'INTERRUPTED') throw error
    if (error.code === 'COMMAND_MISSING') return undefined
    return { lines: error.details.lines?.length ? error.details.lines : [messageOf(error)] }
  }
}

/** An archive that every podman and docker reads, under names that both understand; layouts with zstd they do not. */
const writeArchive = async (layout: Layout, archive: string, { run, signal }: LoadOptions): Promise<void> => {
  const [ref, ...others] = layout.refs
  await run(
    [
      'skopeo',
      '--insecure-policy',
      'copy',
      '--quiet',
      ...others.flatMap((other) => ['--additional-tag', other]),
      `oci:${layout.directory}:${ref}`,
      `docker-archive:${archive}:${ref}`,
    ],
    { writable: [layout.directory], signal },
  )
}

/**
 * The container engines of the host that answer.
 * Throws ENGINE_MISSING where there is none, ENGINE_UNREACHABLE where none answers.
 */
export const usableEngines = async (host: Run = runOnHost, signal?: AbortSignal): Promise<Engine[]> => {
  const found = await Promise.all(
    (['podman', 'docker'] as const).map(async (engine) => ({
      engine,
      state: await probe(engine, host, signal),
    })),
  )
  const present = found.filter(({ state }) => state)
  if (present.length === 0) throw errors.engineMissing()
  const usable = present.filter(({ state }) => !state!.lines)
  if (usable.length === 0) throw errors.engineUnreachable(present[0]!.engine, present[0]!.state!.lines!)
  return usable.map(({ engine }) => engine)
}

/** What an engine has under a name; undefined where it has nothing. */
export const standingInEngine = async (
  engine: Engine,
  ref: string,
  host: Run = runOnHost,
  signal?: AbortSignal,
): Promise<Standing | undefined> => {
  const { code, stdout } = await host([engine, 'image', 'inspect', ref], { signal, allowFailure: true })
  if (code !== 0) return undefined
  const [image] = JSON.parse(stdout) as { Config?: { Labels?: Record<string, string> | null } }[]
  return { key: image?.Config?.Labels?.[KEY_LABEL] }
}

/**
 * Loads an image under all its names into every container engine of the host that answers, and says into which.
 * Throws ENGINE_MISSING where there is none, ENGINE_UNREACHABLE where none answers.
 */
export const loadImage = async (layout: Layout, options: LoadOptions): Promise<Engine[]> => {
  const { host = runOnHost, signal, onLine } = options
  const engines = await usableEngines(host, signal)
  const archive = join(layout.directory, `.${randomName()}.tar`)
  try {
    await writeArchive(layout, archive, options)
    for (const engine of engines)
      await host([engine, 'load', '--input', archive], { signal, ...(onLine && { onLine }) })
  } finally {
    await rm(archive, { force: true })
  }
  return engines
}
