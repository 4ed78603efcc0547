import { readFileSync } from 'node:fs'
import { sha256 } from '../../base/files/digest.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { qemuArguments } from '../../machine/qemu/arguments.ts'
import { macAddress } from '../../machine/qemu/mac-address.ts'

/** Every machine of a build has the same addresses: nobody but QEMU sees them, and a checkpoint keeps them. */
export const buildMacs = ({ interfaces }: MachineSpec): string[] =>
  Array.from({ length: interfaces + 1 }, (_, slot) => macAddress('build', slot))

/** What of this host's processor a guest sees that is given all of it. */
const processor = (): string =>
  readFileSync('/proc/cpuinfo', 'utf8')
    .split('\n')
    .filter((line) => /^(model name|flags)\s*:/.test(line))
    .slice(0, 2)
    .join('\n')

/**
 * A digest over everything that a saved device state hangs on: QEMU's command line without the names of files, and the
 * host's processor where the guest runs on it.
 */
export const hardwareDigest = (spec: MachineSpec, accelerator: 'kvm' | 'tcg'): string => {
  const { disks, directBoot } = spec
  const nameless: MachineSpec = {
    ...spec,
    name: '',
    disks: disks.map((disk) => ({ ...disk, path: '' })),
    ...(directBoot && {
      directBoot: { ...directBoot, kernel: '', ...(directBoot.initrd && { initrd: '' }) },
    }),
  }
  const words = qemuArguments(nameless, {
    accelerator,
    macs: buildMacs(spec),
    forwards: [],
    sockets: { control: '', console: '', ...(spec.channel && { channel: 'channel' }) },
    management: { kind: 'user' },
    links: Array.from({ length: spec.interfaces }, () => ({ kind: 'none' as const })),
    writeDisks: true,
  })
  return sha256([...words, ...(accelerator === 'kvm' ? [processor()] : [])].join('\0'))
}
