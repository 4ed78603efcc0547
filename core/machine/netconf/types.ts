import type { RpcError } from '../../base/errors/netconf.ts'
import type { Secret } from '../../base/model/secret.ts'
import type { HostKeys } from '../host-keys/host-keys.ts'
import type { DialectName } from './dialect-name.ts'
import type { XmlData, XmlSource } from './xml.ts'

/** The answer to one rpc. */
export interface NetconfReply {
  /** The content of rpc-reply; of its `data` after get and get-config. */
  readonly data: XmlData
  /** The whole reply as it came. */
  readonly xml: string
  /** rpc-errors of severity warning. */
  readonly warnings: readonly RpcError[]
}

/** Which SSH host key is trusted: the one with this fingerprint (`SHA256:…`), or any, for a reason. */
export type HostKeyPolicy = string | { readonly acceptAny: string }

export interface NetconfOptions {
  host: string
  /** 830 if left out. */
  port?: number
  username: string
  password: string | Secret
  /** What is trusted, whatever `hostKeys` says. */
  hostKey?: HostKeyPolicy
  /**
   * What is known of the server's keys, as `at` of a machine and of an endpoint gives it. If left out, the known_hosts files of
   * the user and the host say it; on this host itself, where they say nothing of ports, any key is taken.
   */
  hostKeys?: HostKeys
  dialect?: DialectName
  /** Milliseconds for each rpc; 60,000 if left out. */
  deadline?: number
  /** Milliseconds from the first packet to the server's hello; as `deadline` if left out. */
  openDeadline?: number
  /** Goes on trying until `openDeadline`, for a server that is about to start. */
  wait?: boolean
  /** The most bytes of one message from the server; 64 MiB if left out. */
  limit?: number
  signal?: AbortSignal
}

export type Datastore = 'running' | 'candidate' | 'startup'

/** By subtree (RFC 6241, 6) or, with :xpath, by an XPath expression. */
export type NetconfFilter =
  | { readonly subtree: XmlSource }
  | { readonly xpath: string; readonly namespaces?: Readonly<Record<string, string>> }

export interface RpcOptions {
  /** Milliseconds, in place of the session's. */
  deadline?: number
}

export interface EditOptions extends RpcOptions {
  /** `candidate` where the server has it, else `running`. */
  target?: Datastore
  defaultOperation?: 'merge' | 'replace' | 'none'
  testOption?: 'test-then-set' | 'set' | 'test-only'
  errorOption?: 'stop-on-error' | 'continue-on-error' | 'rollback-on-error'
}

/** Configuration in a dialect's own words. */
export interface LoadOptions extends RpcOptions {
  /** `text` and `set` are the dialect's own; `xml` if left out. */
  format?: 'xml' | 'text' | 'set'
  action?: 'merge' | 'replace' | 'override' | 'update'
}

export interface CommitOptions extends RpcOptions {
  /** Takes itself back after so many seconds, unless it is confirmed by another commit. */
  confirmed?: number
  /** With :confirmed-commit:1.1: another session may confirm with the same id. */
  persist?: string
  /** The id of the confirmed commit that is confirmed. */
  persistId?: string
}

export interface ChangeOptions extends EditOptions, LoadOptions {
  /** Whether to validate before the commit; where the server can, if left out. */
  validate?: boolean
  /** Commits for `timeout` seconds, and for good once `check` has not thrown; else it is cancelled. */
  confirm?: { timeout: number; check?: (session: NetconfSession) => Promise<void> }
}

/** A NETCONF session. Every call throws NETCONF_RPC, NETCONF_SILENT or NETCONF_FAILED; the last two end the session. */
export interface NetconfSession {
  /** host:port. */
  readonly where: string
  readonly capabilities: readonly string[]
  readonly sessionId: number
  /** How messages are framed: RFC 6242 chunks, or the end-of-message mark. */
  readonly framing: 'chunked' | 'end-of-message'
  /** Whether the server has a capability: `:candidate`, `:validate:1.1` or a whole URI without its query. */
  has(capability: string): boolean
  /** Any rpc: its name, an `xml` template, or elements by name. */
  rpc(body: XmlSource, options?: RpcOptions): Promise<NetconfReply>
  get(filter?: NetconfFilter, options?: RpcOptions): Promise<NetconfReply>
  getConfig(source?: Datastore, filter?: NetconfFilter, options?: RpcOptions): Promise<NetconfReply>
  editConfig(config: XmlSource, options?: EditOptions): Promise<NetconfReply>
  copyConfig(target: Datastore, source: Datastore, options?: RpcOptions): Promise<NetconfReply>
  lock(target?: Datastore, options?: RpcOptions): Promise<NetconfReply>
  unlock(target?: Datastore, options?: RpcOptions): Promise<NetconfReply>
  validate(source?: Datastore, options?: RpcOptions): Promise<NetconfReply>
  commit(options?: CommitOptions): Promise<NetconfReply>
  cancelCommit(options?: { persistId?: string } & RpcOptions): Promise<NetconfReply>
  discardChanges(options?: RpcOptions): Promise<NetconfReply>
  killSession(id: number, options?: RpcOptions): Promise<NetconfReply>
  /** Loads configuration in the dialect's own words. Throws NETCONF_UNSUPPORTED in the generic dialect. */
  load(config: XmlSource, options?: LoadOptions): Promise<NetconfReply>
  /** Runs a command of the dialect's command line; gives what it prints. */
  command(line: string, options?: RpcOptions): Promise<string>
  /** lock, edit, validate, commit; discard on any error; unlock always. Gives the warnings. */
  change(config: XmlSource, options?: ChangeOptions): Promise<readonly RpcError[]>
  /** Ends the session and the connection, in order if the server answers. Never throws. */
  close(): Promise<void>
}
