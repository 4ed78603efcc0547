import type { Tools } from '../../base/process/tools.ts'
import type { Capability } from '../privileges/privileges.ts'
import type { Selector } from './selector.ts'

/** What whoever runs the container, and the image, choose of its network. */
export interface NetworkSettings {
  /** The management interface; eth0, else the one with the default route, where left out. */
  management?: Selector
  /** How many data interfaces to wait for; 0 uses none; left out: those that are there. */
  interfaces?: number
  /** Milliseconds to wait for them; after that the machine starts without the missing ones, and says so. */
  deadline: number
  /** Milliseconds without a new interface before the machine starts; only where `interfaces` is left out. */
  settle: number
  /** The container's interfaces in slot order, where the image or the environment names them; others are not used. */
  order?: readonly Selector[]
  /** Name of the interface of the first slot, where the rule is not right. */
  first?: string
  /** Slots that the machine has at least. */
  slots: number
  /** Slots that it can get while it runs. */
  spare: number
  /** Where the guest's MAC addresses come from: its own, or those of the container's interfaces. */
  mac: 'own' | 'interface'
  /** Give the guest the container's own address. */
  transparent: boolean
}

/** What opening the network needs. */
export interface NetworkParts {
  tools: Tools
  settings: NetworkSettings
  /** Who opens the taps. */
  owner: { uid: number; gid: number }
  /** Whether this process has a capability, by its name such as CAP_NET_ADMIN. */
  can: (capability: Capability) => boolean
  say: (line: string) => void
  signal: AbortSignal
  /** A name for the guest, in transparent mode. */
  hostname?: string
}
