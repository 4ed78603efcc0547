/** A port of the host that leads to one of the guest; host port 0 lets QEMU choose. */
export interface Forward {
  host: string
  hostPort: number
  port: number
  protocol: 'tcp' | 'udp'
}

/** What a NIC is plugged into. The guest is told the MTU where its driver asks. */
export type Link =
  | { kind: 'none' }
  | { kind: 'tap'; name: string; mtu?: number }
  | { kind: 'segment'; directory: string; sockets: readonly SegmentSocket[] }

/** One end of a line to another machine on this host: a unix socket in the segment's directory. */
export interface SegmentSocket {
  name: string
  /** The other end connects, and so has to be started later. */
  listen: boolean
}

/**
 * What the NIC for management is plugged into: QEMU's user network with forwards, or a tap. A closed user network lets
 * nothing out: by an open one the guest reaches loopback of whatever QEMU runs in, at the gateway's address.
 * `through` are file descriptors that QEMU inherits, of a line for datagrams between the NIC and that network, the NIC's first.
 */
export type ManagementLink =
  | { kind: 'user'; closed?: boolean; through?: readonly [number, number] }
  | (Link & { kind: 'tap' })

/** The directory a guest sees as its lesson files. */
export interface Lesson {
  directory: string
  readOnly?: boolean
}

/** What one start of a machine adds to its spec. */
export interface Instance {
  accelerator: 'kvm' | 'tcg'
  /** In slot order, the one for management first. */
  macs: readonly string[]
  forwards: readonly Forward[]
  /** Unix sockets on which we listen and to which QEMU connects. */
  sockets: { control: string; console: string; channel?: string }
  /** QEMU writes the whole serial console here. */
  log?: string
  lesson?: Lesson
  management: ManagementLink
  /** In slot order, one for each data NIC. */
  links: readonly Link[]
  /** A copy of UEFI's variables that the machine writes; without it their changes are thrown away. */
  variables?: string
  /** Write the disks themselves instead of throwing all changes away. */
  writeDisks: boolean
  /** A name for the guest instead of its own: over DHCP and on the kernel's command line. */
  hostname?: string
  /** Memory in a file: a machine that is saved writes it, one that is restored maps it as it is, copy-on-write. */
  memory?: { file: string; use: 'save' | 'restore' }
  /** Wait for a saved state instead of booting. */
  incoming?: boolean
  /** What whoever starts it adds to the command line. */
  extra?: readonly string[]
}
