import { expect, test } from 'vitest'
import { checkFilesystems, HEAD_BYTES } from '../../core/testing/filesystem.ts'

const START = 2048

/** A disk with one partition at 1 MiB, by MBR or GPT, that holds an ext4 superblock. */
const disk = (state: number, incompatible: number, table: 'mbr' | 'gpt' = 'mbr'): Buffer => {
  const head = Buffer.alloc(HEAD_BYTES)
  if (table === 'mbr') head.writeUInt32LE(START, 446 + 8)
  else {
    head.write('EFI PART', 512, 'latin1')
    head.writeBigUInt64LE(BigInt(START), 1024 + 32)
  }
  const superblock = START * 512 + 1024
  head.writeUInt16LE(0xef53, superblock + 0x38)
  head.writeUInt16LE(state, superblock + 0x3a)
  head.writeUInt32LE(incompatible, superblock + 0x60)
  return head
}

test('a file system that was unmounted is clean, in either kind of partition table', () => {
  expect(checkFilesystems(disk(1, 0x2c2))).toEqual({ found: 1, problems: [] })
  expect(checkFilesystems(disk(1, 0x2c2, 'gpt'))).toEqual({ found: 1, problems: [] })
})

test('one that was cut off, or has errors, is not', () => {
  expect(checkFilesystems(disk(1, 0x2c6)).problems).toEqual([
    expect.stringContaining('journal has to be replayed'),
  ])
  expect(checkFilesystems(disk(0, 0x2c2)).problems).toEqual([expect.stringContaining('not marked clean')])
  expect(checkFilesystems(disk(3, 0x2c2)).problems).toEqual([expect.stringContaining('has errors')])
})

test('an empty disk has none', () => {
  expect(checkFilesystems(Buffer.alloc(HEAD_BYTES))).toEqual({ found: 0, problems: [] })
})
