import { errors } from '../../base/errors/catalogue.ts'
import type { AcceleratorName, MachineSpec, SavedMachine } from '../../base/model/machine-spec.ts'
import type { KvmVerdict } from '../host/accelerator.ts'

/** A machine as it is saved: under one accelerator. */
export type SavableSpec = MachineSpec & { accelerator: AcceleratorName }

/** CPU models that are whatever the host has. */
const HOSTS_OWN = ['auto', 'host', 'max']

/**
 * The machines to save of one, each under its accelerator. Emulation is on every host, so that is where a machine is
 * saved unless the spec names others, or is for KVM alone.
 */
export const savable = (spec: MachineSpec): SavableSpec[] => {
  const { snapshot, accelerator } = spec
  if (!snapshot) return []
  const one: AcceleratorName = accelerator === 'kvm' ? 'kvm' : 'tcg'
  const names = snapshot === true ? [one] : [...new Set(snapshot.accelerators)]
  return names.map((name) => ({ ...spec, accelerator: name }))
}

/** Throws SNAPSHOT_CPU where other hosts have another CPU, and SNAPSHOT_KVM where this one has no KVM that works. */
export const checkSavable = async (
  { name, accelerator, cpu }: SavableSpec,
  kvm: () => Promise<KvmVerdict>,
): Promise<void> => {
  if (accelerator !== 'kvm') return
  if (HOSTS_OWN.includes(cpu)) throw errors.snapshotCpu(name)
  const verdict = await kvm()
  if (!verdict.usable) throw errors.snapshotKvm(name, verdict.reason)
}

/** The saved machine for the accelerator in use; or why there is none, in words. */
export const chooseSaved = (
  saved: readonly SavedMachine[],
  accelerator: AcceleratorName,
): SavedMachine | string => {
  const names = saved.map((one) => one.accelerator.toUpperCase()).join(' and ')
  return (
    saved.find((one) => one.accelerator === accelerator) ??
    `it was saved under ${names}, and is to run under ${accelerator.toUpperCase()}`
  )
}
