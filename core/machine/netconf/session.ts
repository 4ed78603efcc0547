import { errors } from '../../base/errors/catalogue.ts'
import { change } from './change.ts'
import { isElement, textOf } from './data.ts'
import type { Dialect } from './dialects.ts'
import { type Hello, hasCapability } from './hello.ts'
import * as operations from './operations.ts'
import { readRpcErrors } from './rpc-errors.ts'
import type {
  ChangeOptions,
  CommitOptions,
  Datastore,
  EditOptions,
  LoadOptions,
  NetconfFilter,
  NetconfReply,
  NetconfSession,
  RpcOptions,
} from './types.ts'
import type { Wire } from './wire.ts'
import type { XmlData, XmlSource } from './xml.ts'

/** Milliseconds for what sets a device right again, or says goodbye. */
const CLOSING = 5000

export interface SessionOptions {
  where: string
  dialect: Dialect
  deadline: number
  signal?: AbortSignal
}

/** A session over an open wire: one method for each operation. */
export class Session implements NetconfSession {
  readonly where: string
  readonly capabilities: readonly string[]
  readonly sessionId: number
  readonly framing: 'chunked' | 'end-of-message'
  readonly dialect: Dialect
  readonly #wire: Wire
  readonly #options: SessionOptions
  /** Changes under way, which are taken back before an abort ends the session. */
  #changes = 0

  constructor(wire: Wire, hello: Hello, options: SessionOptions) {
    this.where = options.where
    this.capabilities = hello.capabilities
    this.sessionId = hello.sessionId
    this.framing = hello.chunked ? 'chunked' : 'end-of-message'
    this.dialect = options.dialect
    this.#wire = wire
    this.#options = options
    options.signal?.addEventListener('abort', this.#aborted, { once: true })
  }

  has(capability: string): boolean {
    return hasCapability(this.capabilities, capability)
  }

  rpc(body: XmlSource, options: RpcOptions = {}): Promise<NetconfReply> {
    const { signal, deadline } = this.#options
    if (signal?.aborted) return Promise.reject(signal.reason)
    return this.#exchange(body, options.deadline ?? deadline)
  }

  /** An rpc that sets things right after an error: also after an abort, and not for long. */
  restore(body: XmlSource): Promise<NetconfReply> {
    return this.#exchange(body, Math.min(CLOSING, this.#options.deadline))
  }

  async get(filter?: NetconfFilter, options?: RpcOptions): Promise<NetconfReply> {
    this.#needFilter(filter)
    return inData(await this.rpc(operations.get(filter), options))
  }

  async getConfig(
    source: Datastore = 'running',
    filter?: NetconfFilter,
    options?: RpcOptions,
  ): Promise<NetconfReply> {
    this.#needFilter(filter)
    return inData(await this.rpc(operations.getConfig(source, filter), options))
  }

  async editConfig(config: XmlSource, options: EditOptions = {}): Promise<NetconfReply> {
    const { target = this.target, testOption, errorOption } = options
    if (target === 'candidate') this.need('edit-config of the candidate', ':candidate')
    if (target === 'running') this.need('edit-config of running', ':writable-running')
    if (testOption) this.need('test-option', testOption === 'test-only' ? ':validate:1.1' : ':validate')
    if (errorOption === 'rollback-on-error') this.need(errorOption, ':rollback-on-error')
    return this.rpc(operations.editConfig(target, config, options), options)
  }

  async copyConfig(target: Datastore, source: Datastore, options?: RpcOptions): Promise<NetconfReply> {
    return this.rpc(operations.copyConfig(target, source), options)
  }

  async lock(target: Datastore = this.target, options?: RpcOptions): Promise<NetconfReply> {
    return this.rpc(operations.lock(target), options)
  }

  async unlock(target: Datastore = this.target, options?: RpcOptions): Promise<NetconfReply> {
    return this.rpc(operations.unlock(target), options)
  }

  async validate(source: Datastore = this.target, options?: RpcOptions): Promise<NetconfReply> {
    this.need('validate', ':validate')
    return this.rpc(operations.validate(source), options)
  }

  async commit(options: CommitOptions = {}): Promise<NetconfReply> {
    this.need('commit', ':candidate')
    if (options.confirmed !== undefined) this.need('a confirmed commit', ':confirmed-commit')
    if (options.persist || options.persistId) this.need('persist', ':confirmed-commit:1.1')
    return this.rpc(operations.commit(options), options)
  }

  async cancelCommit(options: { persistId?: string } & RpcOptions = {}): Promise<NetconfReply> {
    this.need('cancel-commit', ':confirmed-commit:1.1')
    return this.rpc(operations.cancelCommit(options.persistId), options)
  }

  async discardChanges(options?: RpcOptions): Promise<NetconfReply> {
    this.need('discard-changes', ':candidate')
    return this.rpc('discard-changes', options)
  }

  async killSession(id: number, options?: RpcOptions): Promise<NetconfReply> {
    return this.rpc(operations.killSession(id), options)
  }

  async load(config: XmlSource, options: LoadOptions = {}): Promise<NetconfReply> {
    const { load } = this.dialect
    if (!load) throw errors.netconfUnsupported(this.where, 'load', 'a dialect that has it')
    if (options.format && options.format !== 'xml' && typeof config !== 'string')
      throw errors.netconfXml('The configuration', `in the format "${options.format}" it must be a string`)
    return this.rpc(load(config, options), options)
  }

  async command(line: string, options?: RpcOptions): Promise<string> {
    const { command } = this.dialect
    if (!command) throw errors.netconfUnsupported(this.where, 'command', 'a dialect that has it')
    const { data } = await this.rpc(command(line), options)
    return textOf(isElement(data) ? (data.output ?? data) : data)
  }

  async change(config: XmlSource, options: ChangeOptions = {}): Promise<NetconfReply['warnings']> {
    this.#changes++
    try {
      return await change(this, config, options)
    } finally {
      this.#changes--
      const { signal } = this.#options
      if (signal?.aborted) this.end(signal.reason)
    }
  }

  async close(): Promise<void> {
    // the server may end the connection before its answer has come
    await this.restore('close-session').catch(() => {})
    this.end(errors.netconfFailed(this.where, 'the session was closed'))
  }

  /** Ends the connection at once; what is awaited fails with `reason`. The device frees the session's locks. */
  end(reason: unknown): void {
    this.#options.signal?.removeEventListener('abort', this.#aborted)
    this.#wire.fail(reason)
  }

  /** Throws NETCONF_UNSUPPORTED where the server lacks a capability. */
  need(operation: string, capability: string): void {
    if (!this.has(capability))
      throw errors.netconfUnsupported(this.where, operation, `the capability ${capability}`)
  }

  /** Where changes go. */
  get target(): Datastore {
    return this.has(':candidate') ? 'candidate' : 'running'
  }

  readonly #aborted = () => {
    const reason = this.#options.signal!.reason
    if (this.#changes > 0) this.#wire.abandon(reason)
    else this.end(reason)
  }

  async #exchange(body: XmlSource, deadline: number): Promise<NetconfReply> {
    const { operation, data, xml } = await this.#wire.exchange(body, deadline)
    const said = readRpcErrors(data, this.dialect.nested)
    if (said.some(({ severity }) => severity === 'error'))
      throw errors.netconfRpc(this.where, operation, said)
    return { data, xml, warnings: said }
  }

  #needFilter(filter: NetconfFilter | undefined): void {
    if (filter && 'xpath' in filter) this.need('an XPath filter', ':xpath')
  }
}

/** What stands in the `data` of a reply. */
const inData = (reply: NetconfReply): NetconfReply => {
  const data: XmlData = isElement(reply.data) ? (reply.data.data ?? '') : reply.data
  return { ...reply, data }
}
