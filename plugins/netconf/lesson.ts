import { basename } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  AntidoteError,
  type ChangeOptions,
  type Endpoint,
  type NetconfSession,
  openNetconf,
  readRegular,
  readXml,
  type Step,
} from 'antidote'
import type { Resolved } from './options.ts'

/** Milliseconds: one attempt to reach a server, and the time between two. */
const ATTEMPT = 30_000
const AGAIN = 1000

/** The port of SSH: Junos and others speak NETCONF there too, and the platform's drivers use it. */
const SSH_PORT = 22

/** Names of attributes by which Junos tells in a configuration when it was last committed. */
const WHEN = /(^|:)(changed|commit)-(seconds|localtime|user)$/

const passing = (error: unknown): boolean => error instanceof AntidoteError && error.details.passing === true

/** A session with the server of an endpoint: on its own port, or where SSH answers. */
const open = async (endpoint: Endpoint, step: Step, options: Resolved): Promise<NetconfSession> => {
  const { at, spec, configuration, deadline = options.deadline * 1000 } = endpoint
  const { username = spec.login.user, password = spec.login.password, hostKey } = options
  step.mask(password)
  const end = Date.now() + deadline
  for (;;) {
    let failed: unknown
    for (const port of [options.port, SSH_PORT]) {
      try {
        return await openNetconf({
          ...at(port),
          username,
          password,
          dialect: configuration?.dialect === 'junos' ? 'junos' : 'generic',
          ...(hostKey !== undefined && { hostKey }),
          deadline: options.deadline * 1000,
          openDeadline: Math.max(1, Math.min(ATTEMPT, end - Date.now())),
          signal: step.signal,
        })
      } catch (error) {
        if (!passing(error)) throw error
        failed ??= error
      }
    }
    if (Date.now() + AGAIN > end) throw failed
    await setTimeout(AGAIN, undefined, { signal: step.signal })
  }
}

/** The format in which a file of Junos is written, and its way to load it: what is there is merged or replaced. */
const junosOptions = (text: string): ChangeOptions => {
  if (text.trimStart().startsWith('<')) return { format: 'xml', action: 'replace' }
  const format = /^(set|delete|activate|deactivate|insert|rename)\s/m.test(text) ? 'set' : 'text'
  return { format, action: 'replace' }
}

/** The configuration of a device, without the time of its last commit. */
const running = async (session: NetconfSession): Promise<string> => {
  const { data } = await session.getConfig('running')
  return JSON.stringify(data, (name, value: unknown) => (WHEN.test(name) ? undefined : value))
}

/** Commits the file that a lesson names, whole or not at all. */
export const configureLesson = async (endpoint: Endpoint, step: Step, options: Resolved): Promise<void> => {
  const { file, dialect } = endpoint.configuration!
  const name = basename(file)
  // a guest that shares the lesson may have put another file there meanwhile
  const text = readRegular(file, endpoint.lesson).content.toString()
  const change: ChangeOptions = dialect === 'junos' ? junosOptions(text) : {}
  const config = (change.format ?? 'xml') === 'xml' ? await readXml(text, name) : text
  const session = await open(endpoint, step, options)
  try {
    const before = await running(session)
    const warnings = await session.change(config, change)
    for (const { message, path } of warnings) step.log.warn(`${name}: ${message}${path && ` at ${path}`}`)
    const changed = (await running(session)) !== before
    step.log.info(`${name}: committed by ${session.where}${changed ? '' : ', which had it already'}`)
    endpoint.tell?.(changed ? 'changed' : 'unchanged')
  } finally {
    await session.close()
  }
}
