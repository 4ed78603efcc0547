import { setMaxListeners } from 'node:events'
import { connect, type Socket } from 'node:net'
import { pause, untilEvent } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { reveal } from '../../base/model/secret.ts'
import { anyHostKey, type HostKeys, hostKeyWith } from '../host-keys/host-keys.ts'
import { TrustedKeys } from '../host-keys/trusted.ts'
import { waitForSsh } from '../ssh/answer.ts'
import { isHostKeyError, SshConnection, type SshTarget } from '../ssh/ssh.ts'
import { dialects } from './dialects.ts'
import { Library } from './library.ts'
import { Session } from './session.ts'
import type { NetconfOptions, NetconfSession } from './types.ts'
import { Wire } from './wire.ts'

const DEADLINE = 60_000
const LIMIT = 64 * 1024 * 1024

/** Milliseconds between two attempts, where the server is about to start. */
const AGAIN = 1000

/** Whether an error does not go away by waiting. */
const isFinal = (error: unknown): boolean =>
  isHostKeyError(error) || (isAntidoteError(error) && error.code === 'SSH_LOGIN')

/** Which keys are trusted: what is said first, then what is known of the place, then what known_hosts files have. */
const keysFor = ({ hostKey, hostKeys }: NetconfOptions): HostKeys => {
  if (hostKey === undefined) return hostKeys ?? new TrustedKeys()
  return typeof hostKey === 'string' ? hostKeyWith(hostKey) : anyHostKey
}

/** The options with their defaults, and how far an attempt has come. */
interface Opening {
  options: NetconfOptions
  where: string
  deadline: number
  target: SshTarget
  /** What is awaited. */
  awaited: string
}

const begin = (options: NetconfOptions): Opening => {
  const { host, port = 830, username, password } = options
  const where = `${host}:${port}`
  const opening: Opening = {
    options,
    where,
    deadline: options.openDeadline ?? options.deadline ?? DEADLINE,
    awaited: 'a TCP connection',
    target: {
      host,
      port,
      user: username,
      password: reveal(password),
      hostKeys: keysFor(options),
    },
  }
  return opening
}

const connected = async ({ target, where }: Opening, over: AbortSignal): Promise<Socket> => {
  const socket = connect({ host: target.host, port: target.port, noDelay: true })
  const failure = await untilEvent<Error | 'over'>((done) => {
    const stop = () => done('over')
    const open = () => done(undefined)
    over.addEventListener('abort', stop, { once: true })
    socket.once('connect', open).once('error', done)
    return () => {
      over.removeEventListener('abort', stop)
      socket.off('connect', open).off('error', done)
    }
  })
  if (failure === undefined && !over.aborted) return socket
  socket.on('error', () => {}).destroy()
  throw failure instanceof Error ? errors.netconfFailed(where, messageOf(failure)) : over.reason
}

const secured = async (opening: Opening, over: AbortSignal): Promise<SshConnection> => {
  if (opening.options.wait) {
    opening.awaited = 'an SSH handshake'
    const found = await waitForSsh(opening.target, { refused: false, banner: false }, over)
    if (!found) throw over.reason
    return found
  }
  const socket = await connected(opening, over)
  opening.awaited = 'an SSH handshake'
  // `over` is what ends it
  return new SshConnection(opening.target, socket, 0)
}

const attempt = async (opening: Opening, over: AbortSignal): Promise<NetconfSession> => {
  const { options, where } = opening
  const library = await Library.load()
  const connection = await secured(opening, over)
  const stop = () => connection.close(over.reason)
  over.addEventListener('abort', stop, { once: true })
  try {
    await connection.handshake
    opening.awaited = 'an answer to the login'
    await connection.ready
    opening.awaited = 'its hello'
    const end = () => connection.close()
    const limit = options.limit ?? LIMIT
    const wire = await connection
      .subsystem('netconf', (channel) => new Wire(channel, { where, limit, library, end }))
      .catch((error: unknown) => {
        if (!/subsystem/i.test(messageOf(error))) throw error
        const reason = 'its SSH server has no subsystem "netconf"'
        throw errors.netconfFailed(where, reason, [], 'Switch NETCONF over SSH on, or check the port.')
      })
    const hello = await wire.hello
    return new Session(wire, hello, {
      where,
      dialect: dialects[options.dialect ?? 'generic'],
      deadline: options.deadline ?? DEADLINE,
      ...(options.signal && { signal: options.signal }),
    })
  } catch (error) {
    connection.close()
    throw over.aborted ? over.reason : error
  } finally {
    over.removeEventListener('abort', stop)
  }
}

/**
 * Opens a NETCONF session over SSH. Throws SSH_LOGIN, SSH_FAILED, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED,
 * NETCONF_UNOPENED and NETCONF_FAILED; then nothing of it is left.
 */
export const openNetconf = async (options: NetconfOptions): Promise<NetconfSession> => {
  const { signal, wait } = options
  signal?.throwIfAborted()
  const opening = begin(options)
  const timeout = new AbortController()
  const timer = setTimeout(() => timeout.abort(), opening.deadline)
  const over = signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal
  setMaxListeners(0, over)
  let last: unknown
  try {
    for (;;) {
      try {
        return await attempt(opening, over)
      } catch (error) {
        signal?.throwIfAborted()
        if (timeout.signal.aborted)
          throw last ?? errors.netconfUnopened(opening.where, opening.awaited, opening.deadline / 1000)
        if (!wait || isFinal(error)) throw error
        last = error
      }
      await pause(AGAIN, over)
    }
  } finally {
    clearTimeout(timer)
  }
}
