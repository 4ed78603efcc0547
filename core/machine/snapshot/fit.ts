import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { cpuModel } from '../qemu/arguments.ts'
import type { Hardware } from './record.ts'

/** The hardware of a machine as QEMU is told of it. */
export const hardwareOf = (spec: MachineSpec, accelerator: 'kvm' | 'tcg'): Hardware => ({
  machine: spec.machine,
  cpu: cpuModel(spec, accelerator),
  cpus: spec.cpus,
  memory: spec.memory,
  nic: spec.nic,
  interfaces: spec.interfaces,
  channel: spec.channel ?? false,
  spare: spec.spare ?? 0,
  accelerator,
})

const NAMES: { [Part in keyof Omit<Hardware, 'spare'>]: (value: Hardware[Part]) => string } = {
  accelerator: (name) => `under ${String(name).toUpperCase()}`,
  machine: (type) => `as ${type}`,
  cpu: (model) => `with the CPU model ${model}`,
  cpus: (count) => `with ${count} ${count === 1 ? 'CPU' : 'CPUs'}`,
  memory: (mib) => `with ${mib} MiB of memory`,
  nic: (model) => `with ${model} cards`,
  interfaces: (count) => `with ${count} ${count === 1 ? 'interface' : 'interfaces'}`,
  channel: (there) => `${there ? 'with' : 'without'} a channel`,
}

/** Whether the interfaces that it was not saved with can be plugged in. */
const hasRoom = (saved: Hardware, { interfaces }: Hardware): boolean =>
  interfaces > saved.interfaces && interfaces <= saved.interfaces + saved.spare

/**
 * Why a saved machine is not the one that is wanted, in words; undefined if it is. More
 * interfaces than it was saved with can be plugged in where it has room; nothing else can be changed later.
 */
export const misfit = (saved: Hardware, wanted: Hardware): string | undefined => {
  for (const part of Object.keys(NAMES) as (keyof typeof NAMES)[]) {
    if (saved[part] === wanted[part] || (part === 'interfaces' && hasRoom(saved, wanted))) continue
    const name = NAMES[part] as (value: Hardware[typeof part]) => string
    const room = part === 'interfaces' && saved.spare > 0 ? ` and room for ${saved.spare} more` : ''
    return `it was saved ${name(saved[part])}${room}, and is to run ${name(wanted[part])}`
  }
  return undefined
}
