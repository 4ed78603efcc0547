import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import { lastLines } from '../../base/text/lines.ts'
import { shortened } from '../../base/text/printable.ts'
import type { Channel } from '../ssh/session.ts'
import { isComment } from './bounds.ts'
import { Deframer, FramingError, frame } from './framing.ts'
import { HELLO, type Hello, readHello } from './hello.ts'
import type { Library, Message } from './library.ts'
import * as operations from './operations.ts'
import { readRpcErrors } from './rpc-errors.ts'
import type { XmlData, XmlSource } from './xml.ts'
import { xml } from './xml.ts'

/** A reply with the text it was read from. */
export interface Answer {
  operation: string
  data: XmlData
  xml: string
}

interface Pending {
  operation: string
  resolve(answer: Answer): void
  reject(error: unknown): void
}

/** After these the device is as it was, whether or not they were done. */
const HARMLESS = /^(get|get-.*|lock|unlock|validate|discard-changes|close-session|command)$/

/** Milliseconds that a server has for its first answer before it is nudged. */
const NUDGE = 2000

/** Selects nothing (RFC 6241, 6.4.2). */
const NOTHING = operations.get({ subtree: xml`` })

/** As much as is kept of what the subsystem says beside the protocol. */
const COMPLAINTS = 4096

export interface WireOptions {
  where: string
  limit: number
  library: Library
  /** Ends what is below. Called once. */
  end(): void
}

/** One channel with NETCONF on it: sends rpcs, and gives each its reply by message-id. */
export class Wire {
  /** The server's hello. */
  readonly hello: Promise<Hello>
  readonly #channel: Channel
  readonly #options: WireOptions
  readonly #deframer: Deframer
  readonly #pending = new Map<string, Pending>()
  /** Ids of rpcs whose replies nobody waits for any more. */
  readonly #abandoned = new Set<string>()
  #greeted: ((hello: Hello) => void) | undefined
  #refuse!: (error: unknown) => void
  #complaints = ''
  #asked = false
  #failure: unknown

  constructor(channel: Channel, options: WireOptions) {
    this.#channel = channel
    this.#options = options
    this.#deframer = new Deframer(options.limit)
    this.hello = new Promise((resolve, reject) => {
      this.#greeted = resolve
      this.#refuse = reject
    })
    this.hello.catch(() => {})
    channel
      .on('data', (data: Buffer) => this.#read(data))
      .on('error', (error) => this.fail(this.#failed(messageOf(error))))
      .once('end', () => this.#lost())
      .once('close', () => this.#lost())
    channel.stderr.on('data', (data: Buffer) => {
      this.#complaints = (this.#complaints + data).slice(-COMPLAINTS)
    })
    channel.write(frame(HELLO, false))
  }

  /** Why the session has ended, if it has. */
  get failure(): unknown {
    return this.#failure
  }

  /** Sends an rpc and gives its reply, errors of the device included. */
  exchange(body: XmlSource, deadline: number): Promise<Answer> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      const { id, xml, operation } = this.#options.library.request(body)
      try {
        this.#channel.write(frame(xml, this.#deframer.chunked))
      } catch (error) {
        if (!(error instanceof FramingError)) throw error
        throw errors.netconfXml(`<${operation}>`, error.message)
      }
      const late = () => {
        const unknown = !HARMLESS.test(operation)
        this.fail(errors.netconfSilent(this.#options.where, operation, deadline / 1000, unknown))
      }
      const timers = [setTimeout(late, deadline)]
      if (!this.#asked) timers.push(setTimeout(() => this.#nudge(), NUDGE))
      this.#asked = true
      const answered = () => timers.forEach(clearTimeout)
      this.#pending.set(id, {
        operation,
        resolve: (answer) => {
          answered()
          resolve(answer)
        },
        reject: (error) => {
          answered()
          reject(error)
        },
      })
    })
  }

  /** netconfd (2.13) leaves an rpc unread that came together with our hello, until more comes: so more is sent. */
  #nudge(): void {
    const { id, xml } = this.#options.library.request(NOTHING)
    this.#abandoned.add(id)
    this.#channel.write(frame(xml, this.#deframer.chunked))
  }

  /** Nobody waits for the replies any more; the session goes on. */
  abandon(reason: unknown): void {
    for (const [id, { reject }] of this.#pending) {
      this.#abandoned.add(id)
      reject(reason)
    }
    this.#pending.clear()
  }

  /** Ends everything; what is awaited fails with `error`. */
  fail(error: unknown): void {
    if (this.#failure) return
    this.#failure = error
    this.#refuse(error)
    for (const { reject } of this.#pending.values()) reject(error)
    this.#pending.clear()
    this.#options.end()
  }

  #failed(reason: string) {
    return errors.netconfFailed(this.#options.where, reason, lastLines(this.#complaints))
  }

  #lost(): void {
    const [waiting] = this.#pending.values()
    const middle = this.#deframer.midway ? ' in the middle of a message' : ''
    const awaited = this.#greeted
      ? ' before its hello'
      : waiting
        ? `${middle ? ',' : ''} before it answered <${waiting.operation}>`
        : ''
    const unknown = waiting && !HARMLESS.test(waiting.operation) ? '; whether that was done is not known' : ''
    this.fail(this.#failed(`it closed the connection${middle}${awaited}${unknown}`))
  }

  #read(data: Buffer): void {
    if (this.#failure) return
    try {
      this.#deframer.add(data)
      for (let text = this.#deframer.next(); text !== undefined; text = this.#deframer.next()) {
        this.#take(text)
        if (this.#failure) return
      }
    } catch (error) {
      this.fail(error instanceof FramingError ? this.#failed(error.message) : error)
    }
  }

  #take(text: string): void {
    // some servers end with a comment
    if (isComment(text)) return
    let message: Message
    try {
      message = this.#options.library.parse(text)
    } catch (error) {
      const asked = [...this.#pending.values()].map(({ operation }) => `<${operation}>`).join(', ')
      const what = this.#greeted ? 'hello' : `answer${asked && ` to ${asked}`}`
      throw isAntidoteError(error) ? error : this.#failed(`its ${what} cannot be read: ${messageOf(error)}`)
    }
    const { kind, id, data } = message
    if (this.#greeted) {
      if (kind !== 'hello') throw this.#failed(`it sent <${kind}> before its hello`)
      const hello = readHello(data)
      if (typeof hello === 'string') throw this.#failed(hello)
      // what follows may have come with it
      this.#deframer.chunked = hello.chunked
      this.#greeted(hello)
      this.#greeted = undefined
      return
    }
    // nobody has asked for notifications but who sends the rpc for it
    if (kind === 'notification') return
    if (kind === 'hello') throw this.#failed('it sent a second hello')
    if (id !== undefined && this.#abandoned.delete(id)) return
    const pending = id === undefined ? undefined : this.#pending.get(id)
    if (!pending) {
      const [said] = readRpcErrors(data, true)
      const which =
        id === undefined ? 'without a message-id' : `to the message-id "${shortened(id)}", which was not sent`
      throw this.#failed(`it answered ${which}${said ? `: ${said.message}` : ''}`)
    }
    this.#pending.delete(id!)
    pending.resolve({ operation: pending.operation, data, xml: text })
  }
}
