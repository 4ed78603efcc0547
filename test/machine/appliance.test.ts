import { describe, expect, test } from 'vitest'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import { qemuArguments } from '../../core/machine/qemu/arguments.ts'
import type { Instance } from '../../core/machine/qemu/instance.ts'
import { specOf } from '../base/model/machine-spec.ts'

const argumentsOf = (change: Partial<MachineSpec>): string[] => {
  const { interfaces = 0 } = change
  const instance: Instance = {
    accelerator: 'tcg',
    macs: Array.from(
      { length: interfaces + 1 },
      (_, slot) => `52:54:00:00:00:${slot.toString(16).padStart(2, '0')}`,
    ),
    forwards: [],
    sockets: { control: '/run/c', console: '/run/s' },
    management: { kind: 'user' },
    links: Array.from({ length: interfaces }, () => ({ kind: 'none' })),
    writeDisks: false,
  }
  return qemuArguments(specOf({ machine: 'pc-i440fx-10.0', nic: 'e1000', ...change }), instance)
}

const all = (argv: readonly string[], option: string): string[] =>
  argv.flatMap((word, at) => (argv[at - 1] === option ? [word] : []))

describe('hardware of appliances', () => {
  test('data NICs are behind a pci-bridge, and behind a second one from the 32nd on', () => {
    const devices = all(argumentsOf({ interfaces: 32, bridge: true }), '-device')
    const places = devices
      .filter((text) => /^(pci-bridge|e1000)/.test(text))
      .map((text) => text.split(',netdev')[0])
    expect(places.slice(0, 4)).toEqual([
      'e1000,id=nic0,bus=pci.0,addr=0x2',
      'pci-bridge,id=bridge1,bus=pci.0,addr=0x11,chassis_nr=1,shpc=off',
      'e1000,id=nic1,bus=bridge1,addr=0x1',
      'e1000,id=nic2,bus=bridge1,addr=0x2',
    ])
    expect(places.slice(-3)).toEqual([
      'e1000,id=nic31,bus=bridge1,addr=0x1f',
      'pci-bridge,id=bridge2,bus=pci.0,addr=0x12,chassis_nr=2,shpc=off',
      'e1000,id=nic32,bus=bridge2,addr=0x1',
    ])
  })

  test('reserved NICs come between the one for management and the data, each on a hub of its own', () => {
    const argv = argumentsOf({ interfaces: 1, reserved: 2, bridge: true })
    const cards = all(argv, '-device').filter((text) => text.startsWith('e1000'))
    expect(cards.map((text) => text.replace(/,mac=.*/, ''))).toEqual([
      'e1000,id=nic0,bus=pci.0,addr=0x2,netdev=management',
      'e1000,id=nic-reserved0,bus=pci.0,addr=0xd,netdev=reserved0',
      'e1000,id=nic-reserved1,bus=pci.0,addr=0xe,netdev=reserved1',
      'e1000,id=nic1,bus=bridge1,addr=0x1,netdev=link1',
    ])
    expect(all(argv, '-netdev').filter((text) => text.includes('reserved'))).toHaveLength(4)
    // the same in every instance: they are known to nobody else
    const addresses = cards.slice(1, 3).map((text) => /mac=([^,]*)/.exec(text)![1])
    expect(new Set(addresses).size).toBe(2)
    expect(all(argumentsOf({ interfaces: 1, reserved: 2, bridge: true }), '-device')).toEqual(
      all(argv, '-device'),
    )
  })

  test('the firmware tells what it is told to tell', () => {
    const smbios = { 0: { vendor: 'Juniper' }, 1: { manufacturer: 'A, B & C', product: 'lab' } }
    expect(all(argumentsOf({ smbios }), '-smbios')).toEqual([
      'type=0,vendor=Juniper',
      'type=1,manufacturer=A,, B & C,product=lab',
    ])
    expect(argumentsOf({})).not.toContain('-smbios')
  })

  test('sources of randomness are left out where the guest knows none', () => {
    const random = (argv: string[]) => argv.filter((text) => /vmgenid|virtio-rng|rng-builtin/.test(text))
    expect(random(argumentsOf({}))).toHaveLength(3)
    expect(random(argumentsOf({ entropy: false }))).toEqual([])
  })

  test('what the machine type has no room for is told', () => {
    expect(() => argumentsOf({ machine: 'pc-q35-10.0', bridge: true })).toThrow(
      'A pc-q35-10.0 machine has a PCI Express port for each interface, and no pci-bridge for them.',
    )
    expect(() => argumentsOf({ reserved: 5 })).toThrow('5 reserved interfaces are more than the 4')
    expect(() => argumentsOf({ interfaces: 15 })).toThrow('15 interfaces are more than the 14')
  })
})
