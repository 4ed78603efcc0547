import { expect, test } from 'vitest'
import type { Disk, Tree } from '../../../../core/base/model/artifact.ts'
import { vendorDiskOf } from '../../../../core/build/disk/import/vendor.ts'

const disk: Disk = { kind: 'disk', key: '', chain: [] }
const tree: Tree = { kind: 'tree', key: '', layers: [] }

test('a plugin that works on a vendor’s disk takes no tree', () => {
  expect(vendorDiskOf('router', disk)).toBe(disk)
  expect(() => vendorDiskOf('router', tree)).toThrow(
    expect.objectContaining({
      code: 'NO_VENDOR_DISK',
      message: 'The plugin "router" works on its vendor\'s disk, and was given a tree.',
    }),
  )
})
