import { EventEmitter } from 'node:events'

/** Where a machine is between the start of its container and its end. */
export type MachineState = 'starting' | 'booting' | 'ready' | 'failed' | 'stopping' | 'off'

/** A machine that was not booted. */
export interface RestoredMachine {
  restored: true
  /** Milliseconds until the guest ran. */
  ms: number
  /** Milliseconds in which it took an identity of its own, or why it did not; left out until that is known. */
  identity?: { ms: number } | { reason: string }
  /** What it has in common with every container of the image, until it is changed in the guest. */
  shared: string[]
  /** What the container has and the guest was not told. */
  lacks?: string[]
}

/** What is known of a container and its machine; what `status --json` gives. */
export interface StatusDocument {
  image: string
  state: MachineState
  /** Why it is in this state, where that is to be told. */
  why?: string
  /** ISO time of the container's start. */
  started: string
  /** ISO time since which it is in this state. */
  since: string
  /** Milliseconds from the start of QEMU to ready. */
  bootMs?: number
  /** The fingerprint of its SSH host key when it became ready, if SSH is how that was seen; gone when it starts anew. */
  hostKey?: string | undefined
  machine: {
    cpus: number
    /** MiB */
    memory: number
    hostname: string
    accelerator?: { name: 'kvm' | 'tcg'; reason?: string }
    /** `args` are those that were asked for beside our own. */
    qemu?: { pid: number; user: string; args: string[] }
    /** What becomes of changes to the disk. */
    disk: 'discard' | 'persist'
  }
  /** What the environment changed: variable → value. */
  settings: Record<string, string>
  management: {
    mode: 'forward' | 'transparent'
    address?: string
    /** The container's interface, and the addresses that it had at the start, with their prefixes. */
    interface?: string
    addresses?: string[]
    /** `at` is an address and port of the container: `0.0.0.0:22`; `ipv6` the same, where it has IPv6: `[::]:22`. */
    ports: { port: number; protocol: 'tcp' | 'udp'; at: string; ipv6?: string }[]
  }
  /** How the machine began, where the image has a saved one. */
  snapshot?: RestoredMachine | { restored: false; reason: string }
  /** `addresses` are those that the interface had in the container before it was the guest's, with their prefixes. */
  interfaces: {
    slot: number
    interface?: string
    addresses?: string[]
    mac: string
    mtu?: number
    up: boolean
  }[]
  lesson: 'none' | 'read-write' | 'read-only' | 'not mounted by this guest'
}

/** All but the state, which has its own way in. */
type Facts = Omit<StatusDocument, 'state' | 'why' | 'since'>

/** Which variables are set may be seen, what a secret one holds may not. */
const withoutSecrets = (settings: StatusDocument['settings']): StatusDocument['settings'] =>
  Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, name.endsWith('_PASSWORD') ? '(hidden)' : value]),
  )

/** What is known, for status, health and log. Emits `change` with the new document. */
export class Board extends EventEmitter<{ change: [StatusDocument] }> {
  #document: StatusDocument

  constructor(first: StatusDocument) {
    super()
    this.#document = { ...first, settings: withoutSecrets(first.settings) }
  }

  /** As it is now; a later change makes another one. */
  get document(): StatusDocument {
    return this.#document
  }

  /** Changes the state. Nothing follows `off`, and only `failed` and `off` follow `stopping`. */
  set(state: MachineState, why?: string): void {
    const { why: before, ...known } = this.#document
    if (known.state === 'off' || (known.state === state && before === why)) return
    if (known.state === 'stopping' && !['stopping', 'failed', 'off'].includes(state)) return
    const since = known.state === state ? known.since : new Date().toISOString()
    this.#change({ ...known, state, since, ...(why !== undefined && { why }) })
  }

  /** Changes anything else. */
  update(part: Partial<Facts>): void {
    const { settings = this.#document.settings } = part
    this.#change({ ...this.#document, ...part, settings: withoutSecrets(settings) })
  }

  #change(document: StatusDocument): void {
    this.#document = document
    this.emit('change', document)
  }
}

/** The state and why, in one line. */
export const stateLine = ({ state, why }: StatusDocument): string => (why ? `${state}: ${why}` : state)

/** A line of the log on how a guest took its identity. */
export const identityLine = (identity: NonNullable<RestoredMachine['identity']>): string =>
  'ms' in identity
    ? `took an identity of its own in ${identity.ms} ms`
    : `has no identity of its own: ${identity.reason}`
