import type { Tools } from '../../base/process/tools.ts'
import type { Link } from '../../machine/qemu/instance.ts'
import { tapName } from './link.ts'

/** A place for a NIC of the guest. Its fields follow what happens to the interface. */
export interface Slot {
  /** From 1. */
  readonly slot: number
  readonly tap: string
  /** The interface that belongs here, while it is there. */
  readonly interface?: string
  /** The addresses that the interface had in the container before it was the guest's, with their prefixes. */
  readonly addresses?: readonly string[]
  /** The MAC address that the guest must use; left out where any will do. */
  readonly mac?: string
  readonly mtu: number
  /** Whether the interface is there and has a carrier. */
  readonly up: boolean
}

/** A slot, for those who keep it. */
export type Entry = { -readonly [Field in keyof Slot]: Slot[Field] }

/** The MTU of a slot without an interface. */
export const DEFAULT_MTU = 1500

export const emptySlots = (count: number): Entry[] =>
  Array.from({ length: count }, (_, at) => ({
    slot: at + 1,
    tap: tapName(at + 1),
    mtu: DEFAULT_MTU,
    up: false,
  }))

/** What joining slots needs. */
export interface SlotParts {
  tools: Tools
  uid: number
  /** Whether the guest uses the MAC address of every interface, not only of those that keep theirs. */
  ownMacs: boolean
  /** Whether the kernel has IPv6. */
  ipv6: boolean
  say: (line: string) => void
}

/** What a slot's NIC is plugged into. */
export const linkOf = ({ tap, mtu }: Slot): Link & { kind: 'tap' } => ({
  kind: 'tap',
  name: tap,
  // a guest that is told the usual MTU could never raise it
  ...(mtu !== 1500 && { mtu }),
})
