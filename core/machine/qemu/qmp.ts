import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { untilEvent } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'

/** An event of QEMU's, https://www.qemu.org/docs/master/interop/qmp-spec.html */
export interface QmpEvent {
  event: string
  data: Record<string, unknown>
}

interface Reply {
  QMP?: unknown
  id?: number
  return?: unknown
  error?: { class: string; desc: string }
  event?: string
  data?: Record<string, unknown>
}

interface Pending {
  command: string
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Characters of a message; the longest is what a command of the monitor prints. */
const LONGEST = 16 << 20

/** A message; undefined for what is none. A guest may have taken QEMU over. */
const parse = (line: string): Reply | undefined => {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' && message !== null ? message : undefined
  } catch {
    return undefined
  }
}

/** A QMP session. Emits `event` with a QmpEvent, and `close` once. */
export class Qmp extends EventEmitter<{ event: [QmpEvent]; close: [] }> {
  readonly #stream: Duplex
  readonly #pending = new Map<number, Pending>()
  #next = 0
  #rest = ''
  #closed = false
  #greeted = () => {}

  private constructor(stream: Duplex) {
    super()
    this.#stream = stream
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => this.#read(text))
    stream.on('close', () => this.#close())
    // a reset ends the session like any close; `close` follows
    stream.on('error', () => stream.destroy())
    stream.resume()
  }

  /** Greets QEMU over a stream and leaves the negotiation behind. Throws QMP_FAILED. */
  static async open(stream: Duplex): Promise<Qmp> {
    const qmp = new Qmp(stream)
    await new Promise<void>((resolve, reject) => {
      qmp.#greeted = resolve
      qmp.once('close', () => reject(errors.qmpFailed('qmp_capabilities', 'QEMU ended')))
    })
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  /** Runs a command and gives what it returns. Throws QMP_FAILED with QEMU's own sentence. */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(errors.qmpFailed(command, 'QEMU has ended'))
        return
      }
      const id = this.#next++
      this.#pending.set(id, { command, resolve, reject })
      this.#stream.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\n`)
    })
  }

  /** Waits for the next event of a name; undefined if the session ends or the signal aborts first. */
  async next(name: string, signal?: AbortSignal): Promise<QmpEvent | undefined> {
    return untilEvent<QmpEvent>((done) => {
      const onEvent = (event: QmpEvent) => event.event === name && done(event)
      const onEnd = () => done(undefined)
      this.on('event', onEvent)
      this.once('close', onEnd)
      signal?.addEventListener('abort', onEnd, { once: true })
      if (this.#closed || signal?.aborted) onEnd()
      return () => {
        this.off('event', onEvent)
        this.off('close', onEnd)
        signal?.removeEventListener('abort', onEnd)
      }
    })
  }

  close(): void {
    this.#stream.destroy()
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()!
    for (const line of lines) {
      if (line.trim() === '') continue
      const message = parse(line)
      if (!message) return void this.#stream.destroy()
      this.#dispatch(message)
    }
    if (this.#rest.length > LONGEST) this.#stream.destroy()
  }

  #dispatch(reply: Reply): void {
    if (reply.QMP) this.#greeted()
    if (reply.event) this.emit('event', { event: reply.event, data: reply.data ?? {} })
    const pending = reply.id === undefined ? undefined : this.#pending.get(reply.id)
    if (!pending) return
    this.#pending.delete(reply.id!)
    if (reply.error) pending.reject(errors.qmpFailed(pending.command, reply.error.desc))
    else pending.resolve(reply.return)
  }

  #close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const { command, reject } of this.#pending.values()) reject(errors.qmpFailed(command, 'QEMU ended'))
    this.#pending.clear()
    this.emit('close')
  }
}
