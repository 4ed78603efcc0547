import { expect, test } from 'vitest'
import { BEGINNING, leftFilesystem } from '../../../core/build/testing/filesystem.ts'

const ext4 = (state: number, incompatible: number): Buffer => {
  const beginning = Buffer.alloc(BEGINNING)
  beginning.writeUInt16LE(0xef53, 1024 + 0x38)
  beginning.writeUInt16LE(state, 1024 + 0x3a)
  beginning.writeUInt32LE(incompatible, 1024 + 0x60)
  return beginning
}

const btrfs = (log: bigint): Buffer => {
  const beginning = Buffer.alloc(BEGINNING)
  beginning.write('_BHRfS_M', 0x10040, 'latin1')
  beginning.writeBigUInt64LE(log, 0x10060)
  return beginning
}

test('a file system that was unmounted is clean', () => {
  expect(leftFilesystem(ext4(1, 0x2c2))).toEqual({ type: 'ext4', problems: [] })
  expect(leftFilesystem(btrfs(0n))).toEqual({ type: 'btrfs', problems: [] })
})

test('one that was cut off, or has errors, is not', () => {
  expect(leftFilesystem(ext4(1, 0x2c6))!.problems).toEqual([
    'was not unmounted: its journal has to be replayed',
  ])
  expect(leftFilesystem(ext4(0, 0x2c2))!.problems).toEqual(['is not marked clean'])
  expect(leftFilesystem(ext4(3, 0x2c2))!.problems).toEqual(['has errors'])
  expect(leftFilesystem(btrfs(1n))!.problems).toEqual(['was not unmounted: its log tree has to be replayed'])
})

test('what is not known is not judged, nor what ends before', () => {
  expect(leftFilesystem(Buffer.alloc(BEGINNING))).toBeUndefined()
  expect(leftFilesystem(Buffer.alloc(512))).toBeUndefined()
})
