/** A disk of a machine. The path is absolute, or relative to machine.json. */
export interface DiskSpec {
  path: string
  format: 'qcow2' | 'raw'
  bus: 'virtio' | 'ide' | 'sata'
}

/** UEFI as two flash chips. The paths are absolute, or relative to machine.json. */
export interface UefiFiles {
  code: string
  /** The variables of a new machine; no start changes them. */
  variables: string
}

/** A port of the guest that is to be reached from outside. */
export interface PortSpec {
  port: number
  protocol: 'tcp' | 'udp'
}

/** What shows that a guest is ready: a handshake of its own, on a port of its own. */
export type Ready = { kind: 'ssh' | 'netconf'; port: number } | { kind: 'http'; port: number; path: string }

/** The way into every guest. */
export const SSH: Ready = { kind: 'ssh', port: 22 }

/** How people call the servers that show it. */
export const SERVERS = { ssh: 'SSH', netconf: 'NETCONF', http: 'HTTP' } as const

/** What emulates or runs the guest's processor. */
export type AcceleratorName = 'tcg' | 'kvm'

/** A saved machine in an image. */
export interface SavedMachine {
  /** Under which it was saved; it is restored under no other. */
  accelerator: AcceleratorName
  /** Absolute, or relative to machine.json. */
  directory: string
  /** The sha256 of its record, `snapshot.json`. */
  sha256: string
  /** Which of the image's own tests passed on it; left out where it was published without them. */
  tests?: SavedTests
}

/** Tests that passed, each as `plugin › name`. */
export interface SavedTests {
  booted: string[]
  /** Without those that switch the machine off. */
  restored: string[]
}

/**
 * A machine as plain data, the whole of machine.json. `antidote boot`, `antidote test` and the launcher
 * inside a published container start a machine from it with the same code.
 */
export interface MachineSpec {
  version: 1
  name: string
  /** What the guest calls itself. */
  hostname: string
  /** A versioned QEMU machine type, never `q35` or `pc`: those change with QEMU. */
  machine: string
  /** A QEMU CPU model; `max` under emulation and `host` under KVM where it is "auto". */
  cpu: string
  cpus: number
  /** MiB */
  memory: number
  accelerator: 'auto' | 'kvm' | 'tcg'
  /** The first is the one that boots. */
  disks: DiskSpec[]
  /** What starts the boot loader on the disk; `bios` if left out. */
  firmware?: 'bios' | 'uefi'
  /** UEFI as it comes with the image; only in machine.json. */
  uefi?: UefiFiles
  /**
   * The system on the disk was made by others: its host name and the names of its cards are what they are, and no test
   * asks for those of ours.
   */
  thirdParty?: boolean
  /** Loaded by QEMU itself; without it the firmware starts the boot loader on the disk. */
  directBoot?: { kernel: string; initrd?: string; cmdline: string }
  /** The model of every NIC: the first is for management, the others come in slot order. */
  nic: 'virtio-net-pci' | 'e1000'
  /** Whether the guest mounts lesson files over 9p; if not, they have to be copied into it. */
  lesson: boolean
  /** Whether the guest listens on a virtio port of ours, so that a restored one takes an identity of its own. */
  channel?: boolean
  /** How many NICs beside the one for management. */
  interfaces: number
  /** What a Linux guest calls its data NICs, before the number of the slot; `eth` if left out. */
  cards?: string
  /** How many more can be plugged in while it runs: empty places in the slots that follow. */
  spare?: number
  /** NICs before those, with nobody at the other end: ports that an appliance has for parts of its own. */
  reserved?: number
  /** Data NICs behind a pci-bridge for each 31: on pc, whose root bus has room for few. */
  bridge?: boolean
  /** What the firmware tells of the machine, by SMBIOS type, in QEMU's names: `{ 1: { product: 'lab' } }`. */
  smbios?: Readonly<Record<number, Readonly<Record<string, string>>>>
  /** False leaves out virtio-rng and vmgenid, for a guest that knows no such hardware. */
  entropy?: boolean
  /** The container's interfaces in slot order, where they do not go by the launcher's own rule. */
  interfaceNames?: string[]
  /** Forwards of single ports, or the address of the container for the guest itself. */
  management: 'forward' | 'transparent'
  /** Whether the guest may connect to others through QEMU's user network in `boot` and `test`; not where this is left out. */
  outgoing?: 'none' | 'all'
  ports: PortSpec[]
  ready: Ready
  login: { user: string; password: string }
  /** Where commands over SSH go to a CLI instead of a POSIX shell: the one that shows the addresses of the NICs. */
  cli?: { addresses: readonly string[] }
  /** Seconds from start to ready before the machine counts as failed. */
  deadline: number
  /** Seconds from the power button to off. */
  shutdownDeadline: number
  /** Save it when it is published, so that containers restore it instead of booting: once for each accelerator. */
  snapshot?: boolean | { accelerators: readonly AcceleratorName[] }
  /** The saved machines, one for each accelerator; only in machine.json. */
  saved?: SavedMachine[]
}
