import type { MachineSpec } from '../../base/model/machine-spec.ts'
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
import type { Instance } from './instance.ts'
import { type Topology, topologyOf } from './topology.ts'

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
