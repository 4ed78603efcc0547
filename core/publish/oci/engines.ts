import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { type Run, run as runOnHost } from '../../base/process/run.ts'
import { KEY_LABEL } from './config.ts'
import type { Standing } from './manifest.ts'

export type Engine = 'podman' | 'docker'

/** An engine that is installed and does not answer, with what it said. */
export interface DeadEngine {
  engine: Engine
  lines: string[]
}

/** The container engines of a host. */
export interface Engines {
  usable: Engine[]
  dead: DeadEngine[]
}

/** Milliseconds until an engine that is asked for its version counts as stuck. */
const DEADLINE = 10_000

/** What a host has of an engine: undefined without it, else what it said where it does not answer. */
const probe = async (
  engine: Engine,
  host: Run,
  signal?: AbortSignal,
): Promise<{ lines?: string[] } | undefined> => {
  // asks the daemon, which `docker --version` does not
  const argv = engine === 'docker' ? ['docker', 'version'] : ['podman', 'info']
  try {
    const { stdout } = await host(argv, { signal, timeout: DEADLINE })
    // Debian's podman-docker is podman under another name
    return engine === 'docker' && /podman/i.test(stdout) ? undefined : {}
  } catch (error) {
    if (!isAntidoteError(error) || error.code === 'INTERRUPTED') throw error
    if (error.code === 'COMMAND_MISSING') return undefined
    // a command that was stopped at its deadline printed no reason
    const stuck = /no end within/.test(error.message)
    return { lines: !stuck && error.details.lines?.length ? error.details.lines : [messageOf(error)] }
  }
}

/** Asks every container engine of the host for an answer. Throws ENGINE_MISSING and ENGINE_UNREACHABLE if none gives one. */
export const askEngines = async (host: Run = runOnHost, signal?: AbortSignal): Promise<Engines> => {
  const found = await Promise.all(
    (['podman', 'docker'] as const).map(async (engine) => ({
      engine,
      state: await probe(engine, host, signal),
    })),
  )
  const usable = found.flatMap(({ engine, state }) => (state && !state.lines ? [engine] : []))
  const dead = found.flatMap(({ engine, state }) => (state?.lines ? [{ engine, lines: state.lines }] : []))
  if (usable.length === 0 && dead.length === 0) throw errors.engineMissing()
  if (usable.length === 0)
    throw errors.engineUnreachable(
      dead.map(({ engine }) => engine),
      dead.flatMap(({ lines }) => lines),
    )
  return { usable, dead }
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
