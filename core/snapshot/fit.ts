import { cpuModel } from '../machine/arguments.ts'
import type { MachineSpec } from '../machine/spec.ts'
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
  accelerator,
})

const NAMES: { [Part in keyof Hardware]: (value: Hardware[Part]) => string } = {
  accelerator: (name) => `under ${String(name).toUpperCase()}`,
  machine: (type) => `as ${type}`,
  cpu: (model) => `with the CPU model ${model}`,
  cpus: (count) => `with ${count} ${count === 1 ? 'CPU' : 'CPUs'}`,
  memory: (mib) => `with ${mib} MiB of memory`,
  nic: (model) => `with ${model} cards`,
  interfaces: (count) => `with ${count} ${count === 1 ? 'interface' : 'interfaces'}`,
  channel: (there) => `${there ? 'with' : 'without'} a channel`,
}

/** Why a saved machine is not the one that is wanted, in words; undefined if it is. Nothing here can be changed later. */
export const misfit = (saved: Hardware, wanted: Hardware): string | undefined => {
  for (const part of Object.keys(NAMES) as (keyof Hardware)[]) {
    if (saved[part] === wanted[part]) continue
    const name = NAMES[part] as (value: Hardware[typeof part]) => string
    return `it was saved ${name(saved[part])}, and is to run ${name(wanted[part])}`
  }
  return undefined
}
