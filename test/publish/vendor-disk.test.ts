import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Disk } from '../../core/base/model/artifact.ts'
import type { PluginHooks } from '../../core/contract/plugin/plugin.ts'
import { refuseVendor, wantSeparate } from '../../core/publish/vendor-disk.ts'
import { buildOf, disk, imageOf, newStore, plugin } from '../support/image.ts'

/** A bootstrap that gives a vendor's disk. */
const vendors = plugin(
  ({ bootstrap }) =>
    bootstrap.tap('import', (_, step) => {
      writeFileSync(join(step.out, 'disk'), 'bits')
      const file = step.ref('disk')
      const vendor = { file, name: 'router.vmdk', sha256: 'a'.repeat(64), converter: 'qemu-img 10' }
      return { kind: 'disk', chain: [file], vendor }
    }),
  { name: 'vendors' },
)

/** A plugin that makes another disk of the one it is given, and knows nothing of vendors. */
const unaware = (keeps: boolean, ran: () => void = () => {}) =>
  plugin(
    (hooks: PluginHooks) =>
      hooks.provision.tap('change', (artifact, step) => {
        ran()
        writeFileSync(join(step.out, 'overlay'), 'changes')
        return { kind: 'disk', chain: [...(keeps ? (artifact as Disk).chain : []), step.ref('overlay')] }
      }),
    { name: 'unaware', options: { keeps } },
  )

test("a disk made of a vendor's one is told as that by who knows nothing of it, also out of the store", async () => {
  const store = await newStore()
  for (const _run of ['made', 'stored']) {
    const { build } = await buildOf(imageOf([vendors, unaware(true)]), store)
    const artifact = (await build.artifact()) as Disk
    expect(artifact.vendor).toMatchObject({ file: artifact.chain[0], name: 'router.vmdk' })
    expect(artifact.chain).toHaveLength(2)
  }
})

test('a build that would end in a push ends when the disk is there', async () => {
  let ran = 0
  const { build } = await buildOf(imageOf([vendors, unaware(true, () => ran++)]), await newStore())
  refuseVendor(build, 'registry.example/router:v1')
  await expect(build.artifact()).rejects.toMatchObject({
    code: 'VENDOR_BITS',
    message: expect.stringContaining('registry.example/router:v1'),
  })
  expect(ran).toBe(0)
})

test('any other disk may go there', async () => {
  const { build } = await buildOf(imageOf([disk()]), await newStore())
  refuseVendor(build, 'registry.example/router:v1')
  expect(await build.artifact()).not.toHaveProperty('vendor')
})

test('what cannot be left out is told', async () => {
  const store = await newStore()
  const attempt = async (...use: Parameters<typeof imageOf>[0]) => {
    const { build } = await buildOf(imageOf(use), store)
    wantSeparate(build)
    return build.artifact()
  }
  await expect(attempt(disk())).rejects.toMatchObject({ code: 'VENDOR_NONE' })
  await expect(attempt(vendors, unaware(false))).rejects.toMatchObject({
    code: 'VENDOR_MIXED',
    message: expect.stringContaining('router.vmdk'),
  })
  expect(await attempt(vendors, unaware(true))).toMatchObject({ kind: 'disk' })
})
