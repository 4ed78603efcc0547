import type { MachineSpec, UefiFiles } from '../../base/model/machine-spec.ts'
import { properties } from './devices.ts'
import type { Instance } from './instance.ts'

/** OVMF where Debian has it, and so the toolbox: without Secure Boot, which wants keys that a disk does not bring. */
export const OVMF: UefiFiles = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
  variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
}

/** The files of the firmware that come with a machine; none where it has a BIOS, or the toolbox's firmware. */
export const firmwareFiles = ({ firmware, uefi }: Pick<MachineSpec, 'firmware' | 'uefi'>): string[] =>
  firmware === 'uefi' && uefi ? [uefi.code, uefi.variables] : []

/**
 * The flash chips with UEFI and its variables; none leave the machine its BIOS. Each start begins with the variables of
 * a new machine, as a disk that came without any has to boot with those; they are kept only where the disk's changes are.
 */
export const firmwareDevices = (
  { firmware, uefi = OVMF }: Pick<MachineSpec, 'firmware' | 'uefi'>,
  { variables }: Pick<Instance, 'variables'>,
): string[][] => {
  if (firmware !== 'uefi') return []
  const chip = (unit: number, file: string, options: Record<string, string>) => [
    '-drive',
    properties('if=pflash', { unit, file, format: 'raw', ...options }),
  ]
  return [
    chip(0, uefi.code, { readonly: 'on' }),
    variables === undefined
      ? chip(1, uefi.variables, { snapshot: 'on' })
      : chip(1, variables, { snapshot: 'off' }),
  ]
}
