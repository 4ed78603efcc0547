import { expect, test } from 'vitest'
import type { Checkpoint } from '../../../core/base/model/artifact.ts'
import type { MachineSpec } from '../../../core/base/model/machine-spec.ts'
import type { Tools } from '../../../core/base/process/tools.ts'
import { misfit } from '../../../core/build/checkpoint/fit.ts'
import { hardwareDigest } from '../../../core/build/checkpoint/hardware.ts'
import { specOf } from '../../base/model/machine-spec.ts'

/** Tools whose QEMU says this of itself. */
const toolsOf = (said: string): Tools => ({
  run: async () => ({ code: 0, stdout: `QEMU emulator version ${said}\nCopyright\n`, stderr: '' }),
  start: () => {
    throw new Error('nothing is started')
  },
})

const saved = (change: Partial<Checkpoint> = {}): Checkpoint => ({
  state: { step: 'one', path: 'state' },
  sha256: '',
  accelerator: 'tcg',
  qemu: '10.0.2 Debian 1:10.0.2+ds-2',
  hardware: hardwareDigest(specOf(), 'tcg'),
  base: 1,
  ...change,
})

const HERE = toolsOf('10.0.2 (Debian 1:10.0.2+ds-2)')

test('a checkpoint of this accelerator, this QEMU and this hardware fits', async () => {
  expect(await misfit(saved(), specOf(), HERE)).toBeUndefined()
  expect(await misfit(saved({ qemu: '9.2.0' }), specOf(), toolsOf('9.2.0'))).toBeUndefined()
})

test.for<[Partial<Checkpoint>, Partial<MachineSpec>, string]>([
  [{ accelerator: 'kvm' }, {}, 'it was saved under KVM, and would run under TCG'],
  [{ qemu: '9.2.0' }, {}, 'it was saved by QEMU 9.2.0, and this is QEMU 10.0.2 Debian 1:10.0.2+ds-2'],
  [{}, { memory: 512 }, 'it was saved with other hardware'],
])('one that does not says why: %j %j', async ([checkpoint, spec, why]) => {
  expect(await misfit(saved(checkpoint), specOf(spec), HERE)).toBe(why)
})

test('hardware is all that a guest sees, and not what files and machines are called here', () => {
  const boot = { kernel: '/a/vmlinux', cmdline: 'quiet' }
  const one = hardwareDigest(specOf({ directBoot: boot }), 'tcg')
  const disks = [{ path: '/elsewhere.qcow2', format: 'qcow2', bus: 'virtio' }] as const
  const same = { name: 'other', disks: [...disks], directBoot: { ...boot, kernel: '/b/vmlinux' } }
  expect(hardwareDigest(specOf(same), 'tcg')).toBe(one)
  const others: Partial<MachineSpec>[] = [
    {},
    { directBoot: { ...boot, cmdline: 'loud' } },
    { directBoot: boot, nic: 'e1000' },
    { directBoot: boot, interfaces: 1 },
    { directBoot: boot, channel: true },
    { directBoot: boot, cpu: 'Nehalem' },
    { directBoot: boot, disks: [{ ...disks[0], bus: 'sata' }] },
  ]
  const all = others.map((other) => hardwareDigest(specOf(other), 'tcg'))
  expect(new Set([one, ...all, hardwareDigest(specOf({ directBoot: boot }), 'kvm')]).size).toBe(
    others.length + 2,
  )
})
