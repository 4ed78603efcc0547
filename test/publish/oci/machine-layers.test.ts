import { expect, test } from 'vitest'
import type { Disk } from '../../../core/base/model/artifact.ts'
import type { MachineSpec } from '../../../core/base/model/machine-spec.ts'
import { isSeparate, machineLayers } from '../../../core/publish/oci/machine-layers.ts'

const spec: MachineSpec = {
  version: 1,
  name: 'utility',
  hostname: 'utility',
  machine: 'pc-q35-10.0',
  cpu: 'auto',
  cpus: 1,
  memory: 512,
  accelerator: 'auto',
  disks: [{ path: '/store/steps/top/disk.qcow2', format: 'qcow2', bus: 'virtio' }],
  directBoot: { kernel: '/store/steps/k/vmlinux', cmdline: 'root=/dev/vda1' },
  nic: 'virtio-net-pci',
  lesson: true,
  interfaces: 2,
  management: 'forward',
  ports: [{ port: 22, protocol: 'tcp' }],
  ready: { kind: 'ssh', port: 22 },
  login: { user: 'antidote', password: 'antidotepassword' },
  deadline: 60,
  shutdownDeadline: 30,
}

const chain = [
  { step: 'base', path: 'disk.qcow2' },
  { step: 'top', path: 'disk.qcow2' },
]
const boot = {
  kernel: { step: 'k', path: 'vmlinux' },
  initrd: { step: 'k', path: 'initrd' },
  cmdline: 'root=/dev/vda1 rw',
}
const pathOf = ({ step, path }: { step: string; path: string }) => `/store/steps/${step}/${path}`
const machineOf = (plans: ReturnType<typeof machineLayers>) => {
  const file = plans.at(-1)!.files.at(-1)!
  if (!('content' in file)) throw new Error('machine.json is not written from memory')
  return JSON.parse(String(file.content)) as MachineSpec
}

test('one layer for each file of the chain, base first, then the machine', () => {
  const plans = machineLayers({ chain, boot }, spec, pathOf)
  expect(plans.map(({ role }) => role)).toEqual(['disk', 'disk', 'machine'])
  expect(plans.map(({ files }) => files.map(({ path }) => path))).toEqual([
    ['machine/base/disk.qcow2'],
    ['machine/top/disk.qcow2'],
    ['machine/k/vmlinux', 'machine/k/initrd', 'machine/machine.json'],
  ])
  expect(plans[1]!.files[0]).toMatchObject({ source: '/store/steps/top/disk.qcow2', mode: 0o644 })
})

test('machine.json names no path of the host', () => {
  const plans = machineLayers({ chain, boot }, spec, pathOf)
  const machine = machineOf(plans)
  expect(machine.disks).toEqual([{ path: 'top/disk.qcow2', format: 'qcow2', bus: 'virtio' }])
  expect(machine.directBoot).toEqual({
    kernel: 'k/vmlinux',
    initrd: 'k/initrd',
    cmdline: 'root=/dev/vda1 rw',
  })
  expect(JSON.stringify(machine)).not.toContain('/store')
})

test('a machine that boots by UEFI brings it in a layer that all of them share, with its licences', () => {
  const { directBoot: _, ...grub } = spec
  const uefi = { ...grub, firmware: 'uefi' as const }
  const plans = machineLayers({ chain }, uefi, pathOf, [], '/toolbox')
  expect(plans.map(({ role }) => role)).toEqual(['firmware', 'disk', 'disk', 'machine'])
  expect(plans[0]!.files).toEqual([
    {
      path: 'machine/firmware/OVMF_CODE_4M.fd',
      source: '/toolbox/usr/share/OVMF/OVMF_CODE_4M.fd',
      mode: 0o644,
    },
    {
      path: 'machine/firmware/OVMF_VARS_4M.fd',
      source: '/toolbox/usr/share/OVMF/OVMF_VARS_4M.fd',
      mode: 0o644,
    },
    { path: 'usr/share/doc/ovmf/copyright', source: '/toolbox/usr/share/doc/ovmf/copyright', mode: 0o644 },
  ])
  expect(machineOf(plans)).toMatchObject({
    firmware: 'uefi',
    uefi: { code: 'firmware/OVMF_CODE_4M.fd', variables: 'firmware/OVMF_VARS_4M.fd' },
  })
  expect(machineOf(machineLayers({ chain }, grub, pathOf, [], '/toolbox'))).not.toHaveProperty('uefi')
})

test('a machine that boots by itself carries no kernel', () => {
  const { directBoot: _, ...grub } = spec
  const plans = machineLayers({ chain, boot }, grub, pathOf)
  expect(plans.at(-1)!.files).toHaveLength(1)
  expect(machineOf(plans).directBoot).toBeUndefined()
})

test("of a vendor's disk its own file is marked, and what was saved of the machine; all of it where it was mixed", () => {
  const marks = (vendored: Pick<Disk, 'chain' | 'vendor'>) => {
    const saved = { accelerator: 'tcg', sha256: 'a'.repeat(64), files: [] } as const
    return machineLayers(vendored, spec, pathOf, [saved]).map(({ role, redistributable }) => [
      role,
      redistributable,
    ])
  }
  const vendor = { file: chain[0]!, name: 'router.vmdk', sha256: 'b'.repeat(64), converter: 'qemu-img 10' }
  expect(marks({ chain, vendor })).toEqual([
    ['disk', false],
    ['disk', undefined],
    ['snapshot', false],
    ['machine', undefined],
  ])
  expect(isSeparate({ chain, vendor })).toBe(true)
  const mixed = { chain, vendor: { ...vendor, file: { step: 'gone', path: 'disk.qcow2' } } }
  expect(marks(mixed).slice(0, 2)).toEqual([
    ['disk', false],
    ['disk', false],
  ])
  expect(isSeparate(mixed)).toBe(false)
  expect(marks({ chain }).every(([, redistributable]) => redistributable === undefined)).toBe(true)
})

test('further disks get a layer each', () => {
  const other = { path: '/elsewhere/data.qcow2', format: 'qcow2', bus: 'ide' } as const
  const plans = machineLayers({ chain }, { ...spec, disks: [...spec.disks, other] }, pathOf)
  expect(plans.map(({ role }) => role)).toEqual(['disk', 'disk', 'disk', 'machine'])
  expect(plans[2]!.files[0]).toMatchObject({
    path: 'machine/disk1/data.qcow2',
    source: '/elsewhere/data.qcow2',
  })
  expect(machineOf(plans).disks[1]).toEqual({ ...other, path: 'disk1/data.qcow2' })
})

test('each saved machine is a layer of its own, in a directory that its record names', () => {
  const savedUnder = (accelerator: 'tcg' | 'kvm', digit: string) => {
    const names = ['snapshot.json', 'ram', 'state', 'disk0.qcow2']
    const tests = { booted: ['p › a', 'p › b'], restored: ['p › a'] }
    return {
      accelerator,
      sha256: digit.repeat(64),
      ...(digit === 'b' && { tests }),
      files: names.map((path) => ({ step: accelerator, path })),
    }
  }
  const saved = [savedUnder('tcg', 'a'), savedUnder('kvm', 'b')]
  const plans = machineLayers({ chain, boot }, { ...spec, snapshot: true }, pathOf, saved)
  expect(plans.map(({ role }) => role)).toEqual(['disk', 'disk', 'snapshot', 'snapshot', 'machine'])
  // beside the disks' own, as the qcow2 files in it name their bases
  for (const [at, digit] of ['a', 'b'].entries())
    expect(plans[2 + at]!.files.map(({ path }) => path)).toEqual(
      ['snapshot.json', 'ram', 'state', 'disk0.qcow2'].map((name) => `machine/${digit.repeat(32)}/${name}`),
    )
  expect(plans[2]!.files[1]).toMatchObject({ source: '/store/steps/tcg/ram', mode: 0o644 })
  expect(plans[3]!.files[1]).toMatchObject({ source: '/store/steps/kvm/ram', mode: 0o644 })
  expect(machineOf(plans)).toMatchObject({
    snapshot: true,
    saved: [
      { accelerator: 'tcg', directory: 'a'.repeat(32), sha256: 'a'.repeat(64) },
      {
        accelerator: 'kvm',
        directory: 'b'.repeat(32),
        sha256: 'b'.repeat(64),
        tests: { restored: ['p › a'] },
      },
    ],
  })
})
