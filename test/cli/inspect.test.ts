import { expect, test } from 'vitest'
import type { InspectDocument } from '../../core/cli/display/inspect.ts'
import { inspectText } from '../../core/cli/display/inspect.ts'
import { hardwareOf } from '../../core/machine/snapshot/fit.ts'
import { specOf } from '../base/model/machine-spec.ts'

const address = '52:54:00:a7:3c:e1'
const machine = specOf({
  interfaces: 1,
  interfaceNames: ['net0'],
  ready: { kind: 'http', port: 80, path: '/up' },
})

const document = (change: Partial<InspectDocument> = {}): InspectDocument => ({
  image: 'lab',
  version: 'v1',
  description: 'A lab',
  key: 'c0ffee',
  digest: 'sha256:ab',
  layers: [
    { role: 'disk', digest: 'sha256:cd', bytes: 2048 },
    { role: '', digest: 'sha256:ef', bytes: 1 << 21 },
  ],
  machine,
  saved: [],
  ...change,
})

const saved = {
  accelerator: 'tcg',
  directory: 'ab',
  sha256: '',
  saved: '2026-01-02T03:04:05.000Z',
  qemu: '10.0.0',
  hardware: hardwareOf(machine, 'tcg'),
  memory: { bytes: 256 << 20, places: 1 },
  state: { bytes: 524_288, places: 2 },
  addresses: [
    { slot: 0, address, form: 'plain', memory: 1, state: 2 },
    { address: '42:94:13:43:75:34', form: 'eui64', memory: 3, state: 0 },
  ],
} as const satisfies InspectDocument['saved'][number]

test('an image is told by its layers and its machine', () => {
  const text = inspectText(document())
  expect(text).toContain('lab v1\n')
  expect(text).toMatch(/^ {2}disk {2}2 kB {2}sha256:cd$/m)
  expect(text).toMatch(/^ {2}- {5}2 MB {2}sha256:ef$/m)
  expect(text).toMatch(/cards +virtio-net-pci, one for management and 1 for data \(net0\)$/m)
  expect(text).toMatch(/ready +HTTP on port 80, \/up$/m)
  expect(text).not.toContain('saved')
})

test('its proof is told, and its tests', () => {
  const proof: NonNullable<InspectDocument['saved'][number]['proof']> = {
    version: 1,
    machines: [
      { began: 'restored', restoredMs: 80, readyMs: 500, macs: [], addresses: { checked: ['ip link'] } },
      { began: 'booted', readyMs: 5000, macs: [], addresses: { checked: ['ip link'] } },
    ],
    neighbours: { skipped: 'the machine has no data interface' },
    identities: { checked: ['machine-id'] },
  }
  const tests = { booted: ['a › one', 'a › two'], restored: ['a › one'] }
  const text = inspectText(document({ saved: [{ ...saved, proof, tests }] }))
  expect(text).toMatch(/proof +restored in 80 ms, ready after 0.50 s$/m)
  expect(text).toMatch(/booted, ready after 5.0 s$/m)
  expect(text).toMatch(/own addresses: ip link$/m)
  expect(text).toMatch(/neighbours: not tried: the machine has no data interface$/m)
  expect(text).toMatch(/identities: machine-id$/m)
  expect(text).toMatch(/tests +2 passed booted, 1 restored$/m)
  expect(inspectText(document({ saved: [saved] }))).toMatch(/tests +not run$/m)
})

test('a saved machine by its table, and by every place only where it is asked for', () => {
  const text = inspectText(document({ saved: [saved] }))
  expect(text).toContain('saved under TCG\n')
  expect(text).toMatch(/memory +256 MB, 1 place of addresses$/m)
  expect(text).toMatch(/nic0 +52:54:00:a7:3c:e1 +plain +1 +2$/m)
  expect(text).toMatch(/other +42:94:13:43:75:34 +eui64 +3 +0$/m)
  expect(text).not.toContain('offset')
  const places = [{ in: 'state', offset: 255, slot: 0, address, form: 'plain' } as const]
  expect(inspectText(document({ saved: [{ ...saved, places }] }))).toMatch(/devices +0xff +nic0 +plain$/m)
})

test("a vendor's disk is told, and one that is missing with the file that it is made from", () => {
  const vendors = { role: 'disk', digest: 'sha256:cd', bytes: 2048, redistributable: false } as const
  const whole = inspectText(document({ layers: [vendors] }))
  expect(whole).toMatch(/^ {2}disk {2}2 kB {2}sha256:cd {2}the vendor's, not redistributable$/m)
  expect(whole).not.toContain('completes to')
  const disk = { name: 'router.vmdk', sha256: 'ab12', converter: 'qemu-img version 10' }
  const text = inspectText(
    document({ layers: [{ ...vendors, missing: true }], delta: { completes: 'sha256:ef', disk } }),
  )
  expect(text).toMatch(/^ {2}disk {2}2 kB {2}sha256:cd {2}the vendor's, not here$/m)
  expect(text).toMatch(/^ {2}file +router\.vmdk$/m)
  expect(text).toMatch(/^ {2}sha256 +ab12$/m)
  expect(text).toMatch(/^ {2}completes to +sha256:ef$/m)
})
