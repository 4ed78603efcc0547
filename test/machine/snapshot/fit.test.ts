import { expect, test } from 'vitest'
import { hardwareOf, misfit } from '../../../core/machine/snapshot/fit.ts'
import { specOf } from '../../base/model/machine-spec.ts'

const saved = hardwareOf(specOf({ interfaces: 2 }), 'tcg')

test('the same machine fits, whatever its names and ports are', () => {
  const other = specOf({
    interfaces: 2,
    name: 'other',
    hostname: 'other',
    ports: [{ port: 80, protocol: 'tcp' }],
  })
  expect(misfit(saved, hardwareOf(other, 'tcg'))).toBeUndefined()
})

test.for([
  [{ machine: 'pc-q35-9.2' }, 'it was saved as pc-q35-10.0, and is to run as pc-q35-9.2'],
  [{ cpu: 'Nehalem' }, 'it was saved with the CPU model max, and is to run with the CPU model Nehalem'],
  [{ cpus: 2 }, 'it was saved with 1 CPU, and is to run with 2 CPUs'],
  [{ memory: 512 }, 'it was saved with 256 MiB of memory, and is to run with 512 MiB of memory'],
  [{ nic: 'e1000' }, 'it was saved with virtio-net-pci cards, and is to run with e1000 cards'],
  [{ channel: true }, 'it was saved without a channel, and is to run with a channel'],
  [{ interfaces: 3 }, 'it was saved with 2 interfaces, and is to run with 3 interfaces'],
] as const)('%j does not', ([change, reason]) => {
  expect(misfit(saved, hardwareOf(specOf({ interfaces: 2, ...change }), 'tcg'))).toBe(reason)
})

test('nor does another accelerator, and that is what is told', () => {
  expect(misfit(saved, hardwareOf(specOf({ interfaces: 2 }), 'kvm'))).toBe(
    'it was saved under TCG, and is to run under KVM',
  )
})

test('more interfaces fit where there is room to plug them in', () => {
  const roomy = hardwareOf(specOf({ interfaces: 2, spare: 2 }), 'tcg')
  const fits = (interfaces: number) => misfit(roomy, hardwareOf(specOf({ interfaces, spare: 0 }), 'tcg'))
  expect([2, 3, 4].map(fits)).toEqual([undefined, undefined, undefined])
  expect(fits(5)).toBe('it was saved with 2 interfaces and room for 2 more, and is to run with 5 interfaces')
  expect(fits(1)).toContain('is to run with 1 interface')
})
