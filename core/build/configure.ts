import { realpath, stat } from 'node:fs/promises'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError } from '../base/errors/error.ts'
import { SSH } from '../base/model/machine-spec.ts'
import type { Effect, Endpoint, StageConfiguration, StageSettings } from '../contract/plugin/endpoint.ts'
import { MachineGuest } from '../machine/guest/machine.ts'
import type { HostKeys } from '../machine/host-keys/host-keys.ts'
import { waitForSsh } from '../machine/ssh/answer.ts'
import type { SshConnection } from '../machine/ssh/ssh.ts'
import type { Build } from './build.ts'
import { specifyMachine } from './first-machine.ts'

/** Milliseconds in which a running endpoint must answer, if nothing else is said. */
const DEADLINE = 60_000

/** Who configures an endpoint. */
export interface Login {
  user: string
  password: string
}

/** Where a running endpoint is, and what its lesson brings. */
export interface EndpointPlace {
  host: string
  /** The port of its SSH. */
  port: number
  /** Which of its keys are trusted. */
  hostKeys: HostKeys
  /** Where its other TCP ports answer, by their own numbers; there, if they are not named. */
  forwards?: Readonly<Record<number, number>>
  /** A directory with the files of the lesson. */
  lesson?: string
  /** Who configures it; the user of the image's machine if left out. */
  login?(machine: Login): Login
  /** What its lesson's stage has for it. */
  configuration?: StageConfiguration
  settings?: StageSettings
  /** Milliseconds in which its SSH must answer; 60,000 if left out. */
  deadline?: number
  /** Takes what became of it. */
  tell?(effect: Effect): void
}

const isLate = (reason: unknown): boolean => isAntidoteError(reason) && reason.code === 'ENDPOINT_DEADLINE'

/** The directory itself, wherever a link to it may lead later. Throws LESSON_DIRECTORY. */
const lessonDirectory = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw errors.lessonDirectory(path)
  return realpath(path)
}

/**
 * Runs the configure stage on a running endpoint. Gives how many taps there were.
 * Throws ENDPOINT_SILENT and LESSON_DIRECTORY, and, before any password is sent, an error about its host key.
 */
export const configureEndpoint = async (build: Build, place: EndpointPlace): Promise<number> => {
  const { host, port, hostKeys, deadline = DEADLINE, configuration, settings, tell } = place
  const { signal } = build.options
  const lesson = place.lesson === undefined ? undefined : await lessonDirectory(place.lesson)
  const known = await specifyMachine(build)
  const spec = { ...known, login: place.login?.(known.login) ?? known.login }
  const { login, name } = spec
  const connect = async (): Promise<SshConnection> => {
    const over = AbortSignal.any([signal, AbortSignal.timeout(deadline)])
    const target = { host, port, hostKeys, ...login }
    const connection = await waitForSsh(target, { refused: false, banner: false }, over)
    if (signal.aborted && !isLate(signal.reason)) throw signal.reason
    if (!connection) throw errors.endpointSilent(`${host}:${port}`, deadline / 1000)
    return connection
  }
  let current: SshConnection | undefined
  let opening: Promise<SshConnection> | undefined
  /** The open connection, or a new one; of several who find it closed, the first opens it. */
  const open = async (): Promise<SshConnection> => {
    if (current?.open) return current
    opening ??= connect().finally(() => {
      opening = undefined
    })
    current = await opening
    return current
  }
  const guest = new MachineGuest({
    user: login.user,
    connect: open,
    explain: async (error) => error,
    signal: () => signal,
    stays: () => spec.cli === undefined,
  })
  try {
    // what is configured over NETCONF alone need not let its user in by SSH
    if (configuration?.type !== 'netconf') {
      await (await open()).ready
    }
    const ports: Readonly<Record<number, number>> = { [SSH.port]: port, ...place.forwards }
    const at = (wanted: number) => ({ host, port: ports[wanted] ?? wanted, hostKeys })
    const endpoint: Endpoint = {
      name,
      guest,
      spec,
      at,
      ...(lesson !== undefined && { lesson }),
      ...(configuration && { configuration }),
      ...(settings && { settings }),
      ...(place.deadline !== undefined && { deadline }),
      ...(tell && { tell }),
    }
    await build.stage('configure', endpoint)
    return build.plan.configure.length
  } finally {
    current?.close()
  }
}
