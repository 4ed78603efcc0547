import type { Duplex } from 'node:stream'
import { type AuthenticationType, Client, type ClientCallback } from 'ssh2'
import { Slots } from '../../base/async/slots.ts'
import { untilEvent } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { HOST_KEY_CODES } from '../../base/errors/host-keys.ts'
import type { HostKeys } from '../host-keys/host-keys.ts'
import { keyType } from '../host-keys/key.ts'
import { type Channel, runSession, type SessionEnd, type SshCommand } from './session.ts'

/** Where a guest's SSH answers, and who logs in. */
export interface SshTarget {
  host: string
  port: number
  user: string
  password: string
  /** Which keys of the server are trusted; nothing is sent before one is. */
  hostKeys: HostKeys
}

/** An interactive login shell. */
export interface Terminal {
  stream: Duplex
  resize(size: { columns: number; rows: number }): void
  /** Settles with the shell's exit status. */
  exit: Promise<number>
}

/** How a remote command ended; undefined without a status, after the deadline. */
export interface SshExit {
  code: number | undefined
}

/** sshd takes ten sessions on a connection (MaxSessions in sshd_config(5)), and frees them late. */
const SESSIONS = 4

/** Milliseconds for an answer to a question that every server should answer and some do not. */
const ROUND_TRIP = 5000

/** A guest that is busy under emulation may be silent for long. */
const KEEP_ALIVE = { keepaliveInterval: 15_000, keepaliveCountMax: 6 }

/** The algorithms of host keys, in the order in which they are asked for (RFC 8709, 5656 and 8332), by the type of key. */
const ALGORITHMS = [
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']],
] as const

/** The same with those first whose keys are known: a server has keys of several types. */
const algorithmsFor = (known: readonly Buffer[]) => {
  const types = new Set(known.map(keyType))
  const first = ALGORITHMS.filter(([type]) => types.has(type))
  const others = ALGORITHMS.filter(([type]) => !types.has(type))
  return [...first, ...others].flatMap(([, names]) => names)
}

/** Whether an error says that a server has another key than it should: waiting does not help. */
export const isHostKeyError = (error: unknown): boolean =>
  isAntidoteError(error) && HOST_KEY_CODES.includes(error.code)

/** One SSH connection, over which any number of commands run. */
export class SshConnection {
  /** The server has proved its key, which is trusted. Rejects with SSH_FAILED or an error over the key. */
  readonly handshake: Promise<void>
  /** The login has succeeded. Rejects with SSH_LOGIN or SSH_FAILED. */
  readonly ready: Promise<void>
  /** Settles when the connection has ended. */
  readonly closed: Promise<void>
  readonly #client = new Client()
  readonly #slots = new Slots(SESSIONS)
  #open = true
  #reason: Error | undefined

  /** Logs in over a socket that has just been connected. */
  constructor(target: SshTarget, sock: Duplex, handshakeTimeout: number) {
    const client = this.#client
    const where = `${target.host}:${target.port}`
    const { hostKeys } = target
    let shown: Buffer | undefined
    this.closed = new Promise((resolve) => {
      client.once('close', () => {
        this.#open = false
        this.#reason ??= errors.sshFailed(where, 'the connection was closed')
        resolve()
      })
    })
    const failed = new Promise<never>((_, reject) => {
      client.on('error', (error: Error & { level?: string }) => {
        const login = error.level === 'client-authentication'
        this.#reason ??= login
          ? errors.sshLogin(target.user, where)
          : errors.sshFailed(where, messageOf(error))
        reject(this.#reason)
      })
      client.once('close', () => reject(this.#reason))
    })
    this.handshake = Promise.race([
      new Promise<void>((resolve, reject) =>
        client.once('handshake', () => {
          try {
            if (shown) hostKeys.keep(target, shown)
            resolve()
          } catch (error) {
            reject(error)
            this.close(error as Error)
          }
        }),
      ),
      failed,
    ])
    this.ready = Promise.race([new Promise<void>((resolve) => client.once('ready', resolve)), failed])
    // whoever needs one of these awaits it
    for (const promise of [this.handshake, this.ready]) promise.catch(() => {})
    const tried = new Set<AuthenticationType>()
    client.connect({
      sock,
      username: target.user,
      password: target.password,
      // some vendors' servers ask for the password as a question
      authHandler: (left, _partial, next) => {
        // nothing is known before the first attempt
        const known = left as AuthenticationType[] | null
        const method = !known || known.includes('password') ? 'password' : 'keyboard-interactive'
        if (tried.has(method)) next(false as never)
        else next(tried.add(method) && method)
      },
      hostVerifier: (key: Buffer) => {
        shown = key
        try {
          hostKeys.check(target, key)
          return true
        } catch (error) {
          this.#reason ??= error as Error
          return false
        }
      },
      algorithms: { serverHostKey: algorithmsFor(hostKeys.known(target)) },
      readyTimeout: handshakeTimeout,
      ...KEEP_ALIVE,
    })
    client.on('keyboard-interactive', (_name, _instructions, _language, prompts, answer) =>
      answer(prompts.map(() => target.password)),
    )
  }

  get open(): boolean {
    return this.#open
  }

  /** Runs a command line in the login shell. Throws SSH_FAILED where the connection breaks. */
  async exec(command: string, options: SshCommand = {}): Promise<SshExit> {
    await this.ready
    const { code, late } = await this.#slots.use(() => {
      options.signal?.throwIfAborted()
      return this.#run(command, options)
    })
    if (code === undefined && !late) {
      throw this.#reason ?? errors.sshFailed('the guest', 'it closed the session')
    }
    return { code }
  }

  /** Opens a login shell on a terminal of the guest's. */
  async shell(terminal: { term: string; columns: number; rows: number }): Promise<Terminal> {
    await this.ready
    const { term, columns: cols, rows } = terminal
    return new Promise((resolve, reject) => {
      this.#client.shell({ term, cols, rows }, (error, channel) => {
        if (error) return reject(errors.sshFailed('the guest', messageOf(error)))
        let code = 0
        channel.on('exit', (status: number | null) => {
          code = status ?? 1
        })
        resolve({
          stream: channel,
          resize: (size) => channel.setWindow(size.rows, size.columns, 0, 0),
          exit: new Promise((ended) => channel.once('close', () => ended(code))),
        })
      })
    })
  }

  /**
   * Opens a subsystem of the server's and hands its channel over at once: the next packet may end it.
   * Throws SSH_FAILED where the server has none of that name.
   */
  async subsystem<T>(name: string, use: (channel: Channel) => T): Promise<T> {
    await this.ready
    return this.#channel((opened) => this.#client.subsys(name, opened), use)
  }

  /** Ends the connection; what still runs on it fails with `reason`. */
  close(reason?: Error): void {
    if (reason) this.#reason = reason
    this.#client.destroy()
  }

  async #run(command: string, options: SshCommand): Promise<SessionEnd> {
    const run = (channel: Channel) => ({ end: runSession(channel, options, this.#roundTrip) })
    return (await this.#channel((opened) => this.#client.exec(command, opened), run)).end
  }

  /** Settles when the server has answered something that it reads after all that was sent before, or does not answer. */
  readonly #roundTrip = async (): Promise<void> => {
    await untilEvent<void>((done) => {
      const end = () => done(undefined)
      const timer = setTimeout(end, ROUND_TRIP).unref()
      this.#client.once('close', end)
      try {
        // nothing is forwarded, so the answer is no
        this.#client.unforwardIn('', 1, end)
      } catch {
        // there is no connection any more
        end()
      }
      return () => {
        clearTimeout(timer)
        this.#client.off('close', end)
      }
    })
  }

  #channel<T>(open: (opened: ClientCallback) => void, use: (channel: Channel) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const refused = (error: unknown) =>
        reject(this.#reason ?? errors.sshFailed('the guest', messageOf(error)))
      const lost = () => reject(this.#reason)
      if (!this.#open) return lost()
      this.#client.once('close', lost)
      try {
        open((error, channel) => {
          this.#client.off('close', lost)
          if (error) refused(error)
          else resolve(use(channel))
        })
      } catch (error) {
        // between the end of the socket and its `close`
        this.#client.off('close', lost)
        refused(error)
      }
    })
  }
}
