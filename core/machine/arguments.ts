import {
  channelDevices,
  dataDevices,
  diskDevices,
  lessonDevices,
  managementDevices,
  properties,
  reservedDevices,
  spareDevices,
} from './devices.ts'
import { firmwareDevices } from './firmware.ts'
import type { MachineSpec } from './spec.ts'
import { type Topology, topologyOf } from './topology.ts'

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
 */
export type ManagementLink = { kind: 'user'; closed?: boolean } | (Link & { kind: 'tap' })

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
  /** A name for the guest in the place of its own: over DHCP and on the kernel's command line. */
  hostname?: string
  /** Memory in a file: a machine that is saved writes it, one that is restored maps it as it is, copy-on-write. */
  memory?: { file: string; use: 'save' | 'restore' }
  /** Wait for a saved state in the place of booting. */
  incoming?: boolean
  /** What whoever starts it adds to the command line. */
  extra?: readonly string[]
}

/** MiB of translated code under emulation: enough for a booted guest, a quarter of QEMU's own default. */
const TRANSLATION_BUFFER = 256

const acceleratorName = (name: 'kvm' | 'tcg'): string =>
  name === 'kvm' ? 'kvm' : `tcg,thread=multi,tb-size=${TRANSLATION_BUFFER}`

export const cpuModel = (spec: Pick<MachineSpec, 'cpu'>, name: 'kvm' | 'tcg'): string => {
  if (spec.cpu !== 'auto') return spec.cpu
  return name === 'kvm' ? 'host' : 'max'
}

/** A host whose processor lacks a part of the model must not go on with a guest that has seen it. */
const cpuArgument = (spec: MachineSpec, { accelerator, memory }: Instance): string => {
  const model = cpuModel(spec, accelerator)
  return memory && accelerator === 'kvm' ? `${model},enforce` : model
}

/** What the file-backed memory is called, in the command line and in a saved state. */
export const MEMORY = 'ram'

/** A file that is mapped copy-on-write is never written, so its cached pages are everybody's. */
const memoryArguments = ({ memory: size }: MachineSpec, memory: Instance['memory']): string[][] => {
  if (!memory) return []
  const { file, use } = memory
  const mapping = use === 'save' ? { share: 'on' } : { share: 'off', readonly: 'on', rom: 'off' }
  const object = properties('memory-backend-file', {
    id: MEMORY,
    size: `${size}M`,
    'mem-path': file,
    ...mapping,
  })
  return [['-object', object]]
}

const bootArguments = ({ directBoot }: MachineSpec, { hostname }: Instance): string[][] => {
  if (!directBoot) return []
  const { kernel, initrd, cmdline } = directBoot
  const words = hostname ? `${cmdline} systemd.hostname=${hostname}` : cmdline
  return [['-kernel', kernel], ...(initrd ? [['-initrd', initrd]] : []), ['-append', words]]
}

const firmwareTables = ({ smbios = {} }: MachineSpec): string[][] =>
  Object.entries(smbios).map(([type, fields]) => ['-smbios', properties(`type=${type}`, fields)])

/** New random numbers, and word to the guest that it is a copy. */
const entropyDevices = ({ entropy = true }: MachineSpec, topology: Topology): string[][] =>
  entropy
    ? [
        ['-device', 'vmgenid,guid=auto'],
        ['-object', 'rng-builtin,id=random'],
        ['-device', `virtio-rng-pci,rng=random,${topology.random}`],
      ]
    : []

/**
 * The QEMU command line of a machine; the same for the same spec and instance.
 * Throws MACHINE_INTERFACES, MACHINE_DISKS and MACHINE_BRIDGE where the machine type has no room.
 */
export const qemuArguments = (spec: MachineSpec, instance: Instance): string[] => {
  const topology = topologyOf(spec)
  const { sockets, log, memory, incoming, extra = [] } = instance
  const words: string[][] = [
    ['qemu-system-x86_64'],
    ['-name', properties(spec.name.replaceAll(',', ',,'), {})],
    ['-machine', memory ? `${spec.machine},memory-backend=${MEMORY}` : spec.machine],
    ['-accel', acceleratorName(instance.accelerator)],
    ['-cpu', cpuArgument(spec, instance)],
    ['-smp', String(spec.cpus)],
    ['-m', `${spec.memory}M`],
    ...memoryArguments(spec, memory),
    ...(incoming || memory?.use === 'restore' ? [['-incoming', 'defer']] : []),
    ...firmwareDevices(spec, instance),
    ['-nodefaults'],
    ['-no-user-config'],
    ['-display', 'none'],
    ['-sandbox', 'on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny'],
    ['-chardev', properties('socket', { id: 'control', path: sockets.control, server: 'off' })],
    ['-mon', 'chardev=control,mode=control'],
    [
      '-chardev',
      properties('socket', {
        id: 'console',
        path: sockets.console,
        server: 'off',
        ...(log && { logfile: log }),
      }),
    ],
    ['-serial', 'chardev:console'],
    ...firmwareTables(spec),
    ...entropyDevices(spec, topology),
    ...managementDevices(spec, instance, topology),
    ...diskDevices(spec, instance, topology),
    ...reservedDevices(spec, topology),
    ...dataDevices(spec, instance, topology),
    ...spareDevices(instance, topology),
    ...lessonDevices(instance, topology),
    ...channelDevices(instance, topology),
    ...bootArguments(spec, instance),
    [...extra],
  ]
  return words.flat()
}
