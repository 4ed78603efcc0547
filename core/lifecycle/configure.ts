import { realpath, stat } from 'node:fs/promises'
import { errors } from '../errors/catalogue.ts'
import { MachineGuest } from '../guest/machine.ts'
import { waitForSsh } from '../machine/answer.ts'
import { SSH } from '../machine/spec.ts'
import type { SshConnection } from '../machine/ssh.ts'
import { specifyMachine } from './boot.ts'
import type { Build } from './build.ts'
import type { Endpoint } from './endpoint.ts'

/** Milliseconds in which a running endpoint must answer. */
const DEADLINE = 60_000

/** Where a running endpoint is, and what its lesson brings. */
export interface EndpointPlace {
  host: string
  /** The port of its SSH. */
  port: number
  /** Where its other TCP ports answer, by their own numbers; there, if they are not named. */
  forwards?: Readonly<Record<number, number>>
  /** A directory with the files of the lesson. */
  lesson?: string
}

/** The directory itself, wherever a link to it may lead later. Throws LESSON_DIRECTORY. */
const lessonDirectory = async (path: string): Promise<string> => {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isDirectory()) throw errors.lessonDirectory(path)
  return realpath(path)
}

/**
 * Runs the configure stage on a running endpoint. Gives how many taps there were.
 * Throws ENDPOINT_SILENT and LESSON_DIRECTORY.
 */
export const configureEndpoint = async (build: Build, place: EndpointPlace): Promise<number> => {
  const { host, port } = place
  const lesson = place.lesson === undefined ? undefined : await lessonDirectory(place.lesson)
  const spec = await specifyMachine(build)
  const { login, name } = spec
  const toolbox = await build.maker.toolbox()
  const over = AbortSignal.any([build.options.signal, AbortSignal.timeout(DEADLINE)])
  const connect = async (): Promise<SshConnection> => {
    const connection = await waitForSsh({ host, port, ...login }, { refused: false, banner: false }, over)
    build.options.signal.throwIfAborted()
    if (!connection) throw errors.endpointSilent(`${host}:${port}`, DEADLINE / 1000)
    return connection
  }
  let current = await connect()
  const guest = new MachineGuest({
    user: login.user,
    tools: toolbox,
    connect: async () => {
      if (!current.open) current = await connect()
      return current
    },
    explain: async (error) => error,
  })
  try {
    await current.ready
    const ports: Readonly<Record<number, number>> = { [SSH.port]: port, ...place.forwards }
    const at = (wanted: number) => ({ host, port: ports[wanted] ?? wanted })
    const endpoint: Endpoint = { name, guest, spec, at, ...(lesson !== undefined && { lesson }) }
    await build.stage('configure', endpoint)
    return build.plan.configure.length
  } finally {
    current.close()
  }
}
