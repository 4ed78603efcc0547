import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  bootSector,
  CORE_IMAGE_LIMIT,
  PARTITION_OFFSET,
  ROOT_PARTUUID,
} from '../../../../core/build/disk/partitions/boot-sector.ts'
import { temporary } from '../../../support/directory.ts'

const MIB = 1024 * 1024

test('boot code, one active Linux partition, a signature', () => {
  const sector = bootSector(Buffer.alloc(512, 0x90), 100 * MIB)
  expect(sector).toHaveLength(512)
  expect(sector.subarray(0, 440).every((byte) => byte === 0x90)).toBe(true)
  expect(`${sector.readUInt32LE(440).toString(16)}-01`).toBe(ROOT_PARTUUID)
  expect([sector[446], sector[450]]).toEqual([0x80, 0x83])
  expect(sector.readUInt32LE(454) * 512).toBe(PARTITION_OFFSET)
  expect(sector.readUInt32LE(458) * 512).toBe(100 * MIB)
  expect(sector.subarray(462, 510).every((byte) => byte === 0)).toBe(true)
  expect(sector.readUInt16LE(510)).toBe(0xaa55)
  expect(CORE_IMAGE_LIMIT).toBe(MIB - 512)
})

test('blkid reads it as a partition table with our signature', () => {
  const disk = join(temporary(), 'disk')
  writeFileSync(disk, Buffer.concat([bootSector(Buffer.alloc(440), MIB), Buffer.alloc(2 * MIB - 512)]))
  const told = execFileSync('blkid', ['-p', '-o', 'export', disk], {
    encoding: 'utf8',
    env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  })
  expect(told).toContain(`PTUUID=${ROOT_PARTUUID.slice(0, 8)}`)
  expect(told).toContain('PTTYPE=dos')
})
