import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { macBytes } from '../../../core/machine/snapshot/addresses/forms.ts'
import { readPages } from '../../../core/machine/snapshot/addresses/pages.ts'
import { digestPages, ownAddresses, prepareState } from '../../../core/machine/snapshot/prepare.ts'
import { readRecord, type SnapshotRecord } from '../../../core/machine/snapshot/record.ts'
import { writeRecord } from '../../../core/machine/snapshot/save.ts'
import { temporary } from '../../support/directory.ts'

const OLD = '52:54:00:a7:3c:e1'
const OWN = '02:42:0a:0b:0c:0d'
const MADE_UP = '42:94:13:43:75:34'
const MIB = 1 << 20

const be64 = (value: number) => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
/** As QEMU begins a state: a list with one block, "ram". */
const HEAD = Buffer.concat([
  Buffer.from('QEVM\x01\0\0\0\x02\x03ram\0\0\0\0\0\0\0\x04', 'latin1'),
  be64(MIB | 4),
  Buffer.from('\x03ram'),
  be64(MIB),
  be64(0),
])

let directory: string
let record: SnapshotRecord
let target: string

beforeEach(async () => {
  directory = temporary()
  target = join(directory, 'target')
  const memory = Buffer.alloc(MIB, 1)
  macBytes(OLD).copy(memory, 8190)
  macBytes(MADE_UP).copy(memory, 40_000)
  writeFileSync(join(directory, 'ram'), memory)
  const state = Buffer.concat([HEAD, be64(0x10), macBytes(OLD)])
  writeFileSync(join(directory, 'state'), state)
  const places: SnapshotRecord['memory']['places'] = [
    [8190, 0, 'plain'],
    [40_000, 1, 'plain'],
  ]
  record = {
    version: 1,
    saved: '2026-01-02T03:04:05.000Z',
    qemu: '10.0.0',
    hardware: {
      machine: 'pc-q35-10.0',
      cpu: 'max',
      cpus: 1,
      memory: 1,
      nic: 'virtio-net-pci',
      interfaces: 0,
      channel: false,
      spare: 0,
      accelerator: 'tcg',
    },
    sentinels: [OLD],
    others: [MADE_UP],
    memory: { bytes: MIB, pages: digestPages(await readPages(join(directory, 'ram'), places)), places },
    state: { bytes: state.length, sha256: sha256(state), places: [[state.length - 6, 0, 'plain']] },
  }
})

test("the state gets the machine's own addresses, and each page that held an old one; the files stay as they are", async () => {
  const before = ['ram', 'state'].map((name) => sha256(readFileSync(join(directory, name))))
  await prepareState(directory, record, [OWN], target)
  const written = readFileSync(target)
  expect(written.subarray(0, HEAD.length)).toEqual(HEAD)
  expect(written.subarray(-6)).toEqual(macBytes(OWN))
  const page = (index: number) =>
    written.subarray(HEAD.length + index * (12 + 4096), HEAD.length + (index + 1) * (12 + 4096))
  // the first address crosses from page 1 to page 2
  expect(page(0).subarray(0, 12)).toEqual(Buffer.concat([be64(4096 | 8), Buffer.from('\x03ram')]))
  expect(page(0).subarray(-3)).toEqual(Buffer.from([1, ...macBytes(OWN).subarray(0, 2)]))
  expect(page(1).subarray(12, 17)).toEqual(Buffer.from([...macBytes(OWN).subarray(2), 1]))
  const [, made] = ownAddresses(record, [OWN])
  expect(written.includes(macBytes(made!))).toBe(true)
  for (const old of [OLD, MADE_UP]) expect(written.includes(macBytes(old))).toBe(false)
  expect(['ram', 'state'].map((name) => sha256(readFileSync(join(directory, name))))).toEqual(before)
})

test('what the guest made up is different in each container, and the same in one', () => {
  const [, one] = ownAddresses(record, [OWN])
  expect(ownAddresses(record, [OWN])[1]).toBe(one)
  expect(ownAddresses(record, [OLD])[1]).not.toBe(one)
})

describe('what is not as it was written is refused by name', () => {
  const flip = (name: string, at: number) => {
    const data = readFileSync(join(directory, name))
    data[at]! ^= 1
    writeFileSync(join(directory, name), data)
  }

  test.for<[string, () => void, string]>([
    ['a byte of the state', () => flip('state', HEAD.length), 'state'],
    ['the end of the state', () => truncateSync(join(directory, 'state'), 40), 'state'],
    ['the end of the memory', () => truncateSync(join(directory, 'ram'), MIB - 4096), 'ram'],
    ['a page of memory with an address', () => flip('ram', 40_100), 'ram'],
  ])('%s', async ([, damage, name]) => {
    damage()
    await expect(prepareState(directory, record, [OWN], target)).rejects.toMatchObject({
      code: 'SNAPSHOT_DAMAGED',
      message: expect.stringContaining(join(directory, name)),
    })
  })

  test('what is missing cannot be read', async () => {
    await expect(prepareState('/nowhere', record, [OWN], target)).rejects.toMatchObject({
      code: 'SNAPSHOT_UNREADABLE',
      message: expect.stringContaining('/nowhere'),
    })
  })
})

describe('the record', () => {
  test('is read as it was written', async () => {
    const sha256 = await writeRecord(directory, record)
    expect(await readRecord({ directory, sha256 })).toEqual({ record })
  })

  test('that was changed, or is not there, is a reason', async () => {
    const sha256 = await writeRecord(directory, record)
    await writeRecord(directory, { ...record, qemu: '11.0.0' })
    expect(await readRecord({ directory, sha256 })).toEqual({
      problem: `${join(directory, 'snapshot.json')} is not as it was written`,
    })
    expect(await readRecord({ directory: '/nowhere', sha256 })).toEqual({
      problem: expect.stringContaining('/nowhere/snapshot.json cannot be read: '),
    })
  })
})
