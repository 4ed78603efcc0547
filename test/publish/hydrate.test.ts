import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256, sha256File } from '../../core/base/files/digest.ts'
import { run } from '../../core/base/process/run.ts'
import { converterOf } from '../../core/build/disk/import/convert.ts'
import { hydrate, nameOf } from '../../core/publish/hydrate.ts'
import { blobPath } from '../../core/publish/oci/blob.ts'
import { completedDigest, leaveOut } from '../../core/publish/oci/delta.ts'
import { inspectImage } from '../../core/publish/oci/inspect.ts'
import { compressorOf, writeLayer } from '../../core/publish/oci/layer.ts'
import { writeLayout } from '../../core/publish/oci/layout.ts'
import { readLayout, type StandingImage } from '../../core/publish/oci/read-layout.ts'
import type { Toolbox } from '../../core/store/toolbox/toolbox.ts'
import { specOf } from '../base/model/machine-spec.ts'
import { convert, rawDisk, world } from '../build/disk/import/world.ts'
import { newStore } from '../support/image.ts'
import { image, scratch } from './oci/help.ts'

/** The tools of the host instead of the toolbox. */
const toolbox = {
  run: ((argv, { readable: _r, writable: _w, ...options } = {}) => run(argv, options)) as Toolbox['run'],
} as Toolbox

const silent = { info: () => {}, warn: () => {}, line: () => {} }
const { signal } = new AbortController()

/** A vendor's disk, an image of it as it was published without that, and how to complete it. */
const published = async (compression: 'zstd' | 'gzip' = 'zstd') => {
  const { directory: home, attempt } = world()
  convert(home, 'vmdk', 'router-1.2.vmdk')
  const { disk, file } = await attempt({ path: 'router-1.2.vmdk', redistributable: false })
  const { name, sha256: sum, converter } = disk.vendor!
  const layout = scratch()
  const level = compression === 'zstd' ? 9 : 6
  const path = 'machine/ab12/disk.qcow2'
  const packing = { directory: layout, compression, level, run }
  const layers = [
    await writeLayer([{ path: 'usr/bin/x', content: 'x' }], { role: 'runtime', ...packing }),
    {
      ...(await writeLayer([{ path, source: file, mode: 0o644 }], { role: 'disk', ...packing })),
      redistributable: false as const,
    },
    await writeLayer([{ path: 'machine/machine.json', content: JSON.stringify(specOf({})) }], {
      role: 'machine',
      ...packing,
    }),
  ]
  const whole = await writeLayout(layout, { ...image, redistributable: false }, ['labs/router:v1'], layers)
  const bytes = new Map(
    readdirSync(join(layout, 'blobs/sha256')).map((one) => [
      one,
      readFileSync(join(layout, 'blobs/sha256', one)),
    ]),
  )
  const compressor = await compressorOf(compression, run)
  const missing = { digest: layers[1]!.digest, path, compression, level, compressor }
  const delta = await leaveOut(whole, { ...missing, disk: { name, sha256: sum, converter } })
  const target = join(scratch(), 'layout')
  const complete = async (disk: string, directory = target, from = layout, opened?: StandingImage) => {
    const standing = opened ?? (await readLayout(from, from))
    const work = scratch()
    const hydration = { image: standing, source: from, disk, directory, refs: ['router:latest'] }
    return hydrate(hydration, { store: await newStore(), toolbox, work, log: silent, signal }, () => {})
  }
  return { home, layout, whole, delta, bytes, target, complete, vendors: layers[1]!, disk: join(home, name) }
}

test.each(['zstd', 'gzip'] as const)('the same disk gives the very same image: %s', async (compression) => {
  const { layout, whole, delta, bytes, target, complete, vendors, disk } = await published(compression)
  expect(existsSync(blobPath(layout, vendors.digest))).toBe(false)
  expect(delta.completes).toBe(whole.manifestDigest)
  expect(delta.key).not.toBe(whole.key)
  const completed = await complete(disk)
  expect(completed).toEqual({ ...whole, directory: target, refs: ['router:latest'] })
  expect(readdirSync(join(target, 'blobs/sha256')).sort()).toEqual([...bytes.keys()].sort())
  for (const [name, content] of bytes)
    expect(readFileSync(join(target, 'blobs/sha256', name)).equals(content)).toBe(true)
  expect(await readLayout(target, target, 'router:latest')).toMatchObject({ digest: whole.manifestDigest })
})

test('a layout is completed in its own place, too', async () => {
  const { layout, whole, bytes, complete, disk } = await published()
  await complete(disk, layout)
  expect(readdirSync(join(layout, 'blobs/sha256')).sort()).toEqual([...bytes.keys()].sort())
  const again = complete(disk, layout)
  await expect(again).rejects.toMatchObject({
    code: 'HYDRATE_WHOLE',
    message: expect.stringContaining(layout),
  })
  expect((await readLayout(layout, layout)).digest).toBe(whole.manifestDigest)
})

test('what it lacks is shown, and the rest of it is read', async () => {
  const { layout, whole, delta, vendors, disk } = await published()
  const found = await inspectImage(await readLayout(layout, layout), layout, { run })
  expect(found.digest).toBe(delta.manifestDigest)
  expect(found.layers.map(({ role, missing }) => [role, missing])).toEqual([
    ['runtime', undefined],
    ['disk', true],
    ['machine', undefined],
  ])
  expect(found.layers[1]).toMatchObject({ digest: vendors.digest, redistributable: false })
  expect(found.machine).toMatchObject({ memory: 256 })
  expect(found.delta).toEqual({
    completes: whole.manifestDigest,
    disk: { name: 'router-1.2.vmdk', sha256: await sha256File(disk), converter: await converterOf(run) },
  })
})

test('another disk is refused before anything is made of it, and none is missed', async () => {
  const { home, target, complete, disk } = await published()
  const wrong = rawDisk(home, 'wrong.raw')
  const [got, wanted] = [await sha256File(wrong), await sha256File(disk)]
  await expect(complete(wrong)).rejects.toMatchObject({
    code: 'HYDRATE_DISK',
    message: `${wrong} is not the disk that the image "utility" was made from: it has sha256 ${got}, not ${wanted}.`,
  })
  await expect(complete(join(home, 'nothing'))).rejects.toMatchObject({ code: 'DISK_IMAGE_MISSING' })
  expect(existsSync(target)).toBe(false)
})

/** Writes the config of the delta anew, as another program might have written it. */
const rewrite = (layout: string, change: (text: string) => string): void => {
  const write = (text: string) => {
    const digest = `sha256:${sha256(text)}` as const
    writeFileSync(blobPath(layout, digest), text)
    return { digest, size: Buffer.byteLength(text) }
  }
  const index = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8'))
  const manifest = JSON.parse(readFileSync(blobPath(layout, index.manifests[0].digest), 'utf8'))
  Object.assign(
    manifest.config,
    write(change(readFileSync(blobPath(layout, manifest.config.digest), 'utf8'))),
  )
  Object.assign(index.manifests[0], write(JSON.stringify(manifest)))
  writeFileSync(join(layout, 'index.json'), JSON.stringify(index))
}

test('a layer that comes out otherwise is told with both digests and what may be why, and nothing is written', async () => {
  const { layout, target, complete, vendors, disk } = await published()
  rewrite(layout, (text) =>
    text.replace('"level":9', '"level":1').replace('qemu-img version', 'qemu-img variant'),
  )
  await expect(complete(disk)).rejects.toMatchObject({
    code: 'HYDRATE_DIFFERS',
    message: expect.stringMatching(new RegExp(`has the digest sha256:\\w{64}, not ${vendors.digest}`)),
    details: {
      lines: [
        'the disk is the same; it is compressed to other bytes',
        expect.stringMatching(
          /^converted by qemu-img variant .* when it was published, by qemu-img version .* here$/,
        ),
        expect.stringMatching(/^compressed by the same Zstandard/),
      ],
    },
  })
  expect(existsSync(target)).toBe(false)
  rewrite(layout, (text) => text.replace('machine/ab12/', 'machine/ab34/'))
  await expect(complete(disk)).rejects.toMatchObject({
    details: { lines: expect.arrayContaining(['the disk is another already before it is compressed']) },
  })
})

test('a layer that is damaged or gone is told, and nothing is written', async () => {
  const { layout, delta, target, complete, disk } = await published()
  const { digest } = delta.layers[0]!
  writeFileSync(blobPath(layout, digest), 'damaged')
  const told = { code: 'IMAGE_UNREADABLE', message: expect.stringContaining(digest) }
  await expect(complete(disk)).rejects.toMatchObject(told)
  expect(existsSync(target)).toBe(false)
})

test('an image whose name is a way out of the store is refused', async () => {
  const { layout, target, complete, disk } = await published()
  const standing = await readLayout(layout, layout)
  const named = { ...standing, labels: { ...standing.labels, 'io.antidote.image': '../../etc' } }
  expect(() => nameOf(named, layout)).toThrow(expect.objectContaining({ code: 'IMAGE_UNREADABLE' }))
  await expect(complete(disk, target, layout, named)).rejects.toThrow('it calls itself "../../etc"')
  expect(existsSync(target)).toBe(false)
})

test.each<[string, (text: string) => string]>([
  ['another version', (text) => text.replace('"version":1', '"version":2')],
  ['a path that leads elsewhere', (text) => text.replace('machine/ab12', '../../etc')],
  ['a digest that is none', (text) => text.replaceAll(/sha256:\w{64}/g, 'sha256:../../x')],
  ['a layer that the image does not have', (text) => text.replace(/sha256:\w{64}/, `sha256:${sha256('x')}`)],
  ['another config', (text) => text.replace(/(.*)A Linux shell/s, '$1A Linux shall')],
  ['no JSON', () => '{'],
])('what a delta says is checked: %s', async (_what, change) => {
  const { layout } = await published()
  const before = completedDigest((await readLayout(layout, layout)).delta!)
  expect(before).toMatch(/^sha256:/)
  rewrite(layout, change)
  await expect(readLayout(layout, layout)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
})
