import { describe, expect, test } from 'vitest'
import {
  hasBootCode,
  hasEsp,
  partitionsOf,
  TABLE_BYTES,
} from '../../../../core/build/disk/partitions/partitions.ts'
import { gptDisk, mbrDisk } from '../table.ts'

const ESP = 'c12a7328-f81f-11d2-ba4b-00a0c93ec93b'
const ROOT = '4f68bce3-e8cd-4db1-96e7-fbcaf984b709'

test('the partitions of a GPT and of an MBR, with where they begin', () => {
  expect(partitionsOf(gptDisk([ESP, ROOT]))).toEqual([
    { type: ESP, start: 1024 * 1024 },
    { type: ROOT, start: 2 * 1024 * 1024 },
  ])
  expect(partitionsOf(mbrDisk(['83', 'ef']))).toEqual([
    { type: '83', start: 1024 * 1024 },
    { type: 'ef', start: 2 * 1024 * 1024 },
  ])
  expect(partitionsOf(Buffer.alloc(TABLE_BYTES))).toEqual([])
})

describe('a table that lies', () => {
  test('about where its entries are, how many and how large, is read as far as it goes', () => {
    const far = gptDisk([ESP])
    far.writeBigUInt64LE(2n ** 63n, 512 + 72)
    const many = gptDisk([ESP])
    many.writeUInt32LE(0xffffffff, 512 + 80)
    const small = gptDisk([ESP])
    small.writeUInt32LE(0, 512 + 84)
    expect([far, many, small].map((head) => partitionsOf(head).length)).toEqual([0, 1, 0])
  })

  test('that ends before its entries has none', () => {
    expect(partitionsOf(gptDisk([ESP]).subarray(0, 600))).toEqual([])
    expect(partitionsOf(Buffer.alloc(10))).toEqual([])
  })
})

test('what a BIOS can run is in the first sector, what UEFI can on an EFI system partition', () => {
  const disk = gptDisk([ROOT])
  expect([hasBootCode(disk), hasEsp(disk)]).toEqual([false, false])
  disk[0] = 0xeb
  expect(hasBootCode(disk)).toBe(true)
  expect(hasEsp(gptDisk([ROOT, ESP]))).toBe(true)
  expect(hasEsp(mbrDisk(['83', 'ef']))).toBe(true)
})
