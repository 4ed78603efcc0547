import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import type { Digest } from '../../../core/base/model/layout.ts'
import { run } from '../../../core/base/process/run.ts'
import { blobPath } from '../../../core/publish/oci/blob.ts'
import { writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'
import { standingInLayout } from '../../../core/publish/oci/manifest.ts'
import { checkLayout, readLayout } from '../../../core/publish/oci/read-layout.ts'
import { image, scratch } from './help.ts'

const REF = 'a/b:v1'

/** A layout of one layer, and ways to change what stands in it. */
const make = async () => {
  const directory = scratch()
  const layer = await writeLayer([{ path: 'a', content: 'a' }], {
    role: 'disk',
    directory,
    compression: 'gzip',
    run,
  })
  const layout = await writeLayout(directory, image, [REF], [layer])
  const index = join(directory, 'index.json')
  const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
  /** Has the index point at another manifest. */
  const rewrite = (change: (manifest: ReturnType<typeof json>) => unknown) => {
    const text = JSON.stringify(change(json(blobPath(directory, layout.manifestDigest))))
    const digest: Digest = `sha256:${sha256(text)}`
    writeFileSync(blobPath(directory, digest), text)
    writeFileSync(index, JSON.stringify({ manifests: [{ digest, size: Buffer.byteLength(text) }] }))
  }
  return { directory, layer, layout, index, json, rewrite }
}

/** Every reader of the layout refuses it for this reason. */
const refused = async (made: Awaited<ReturnType<typeof make>>, reason: string) => {
  const error = { code: 'IMAGE_UNREADABLE', message: expect.stringContaining(reason) }
  await expect(readLayout(made.directory, made.directory)).rejects.toMatchObject(error)
  await expect(checkLayout(made.layout)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' })
  expect(await standingInLayout(made.directory, REF)).toBeUndefined()
}

test('what is as it was written is read', async () => {
  const { directory, layout } = await make()
  expect(await readLayout(directory, directory, REF)).toMatchObject({ digest: layout.manifestDigest })
  await expect(checkLayout(layout)).resolves.toBeUndefined()
})

describe('contents are compared with digests', () => {
  test.each(['manifestDigest', 'configDigest'] as const)('of the %s', async (which) => {
    const made = await make()
    const path = blobPath(made.directory, made.layout[which])
    // as long as before
    writeFileSync(path, readFileSync(path, 'utf8').replace('A Linux shell', 'A Linux shall'))
    await refused(made, `${made.layout[which]} is not as it was written`)
  })

  test('of a layer, of the same size', async () => {
    const made = await make()
    const path = blobPath(made.directory, made.layer.digest)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(path, bytes)
    await refused(made, `its layer ${made.layer.digest} is not as it was written`)
  })

  test('of a layer that is cut, or missing', async () => {
    const cut = await make()
    truncateSync(blobPath(cut.directory, cut.layer.digest), 5)
    await refused(cut, 'is not as it was written')
    const missing = await make()
    rmSync(blobPath(missing.directory, missing.layer.digest))
    await refused(missing, `its layer ${missing.layer.digest} cannot be read`)
  })

  test('of a manifest whose size is another', async () => {
    const made = await make()
    const { manifests } = made.json(made.index)
    writeFileSync(made.index, JSON.stringify({ manifests: [{ ...manifests[0], size: 7 }] }))
    await refused(made, 'is not as it was written')
  })
})

describe('what is no digest leads nowhere', () => {
  test.each(['sha256:../../../../etc/passwd', 'sha256:', '../x', `sha512:${'a'.repeat(64)}`])(
    '%s',
    async (digest) => {
      const inIndex = await make()
      writeFileSync(inIndex.index, JSON.stringify({ manifests: [{ digest, size: 1 }] }))
      await refused(inIndex, 'its index.json is wrong at "manifests.0.digest"')
      const config = await make()
      config.rewrite((manifest) => ({ ...manifest, config: { ...manifest.config, digest } }))
      await refused(config, 'its manifest is wrong at "config.digest"')
      const layer = await make()
      layer.rewrite((manifest) => ({ ...manifest, layers: [{ digest, size: 1 }] }))
      await refused(layer, 'its manifest is wrong at "layers.0.digest"')
      expect(() => blobPath('/x', digest as Digest)).toThrow('is not a digest')
    },
  )
})

describe('the form is checked', () => {
  test.each([
    ['[]', 'index.json is wrong'],
    ['{"manifests":{}}', 'wrong at "manifests"'],
    ['null', 'index.json is wrong'],
    ['{', 'JSON'],
  ])('of an index %s', async (text, reason) => {
    const made = await make()
    writeFileSync(made.index, text)
    await refused(made, reason)
  })

  test('of a manifest without a config, and of annotations that are no text', async () => {
    const nothing = await make()
    nothing.rewrite(() => ({ layers: [] }))
    await refused(nothing, 'its first entry is no image')
    const odd = await make()
    odd.rewrite((manifest) => ({ ...manifest, annotations: { a: { b: 1 } } }))
    await refused(odd, 'wrong at "annotations.a"')
  })

  test('of an index that is too large to be one', async () => {
    const made = await make()
    truncateSync(made.index, 5 * 1024 ** 2)
    await refused(made, 'its index.json has 5242880 bytes')
  })
})

test('a pipe instead of a file is refused and not waited for', async () => {
  const index = await make()
  rmSync(index.index)
  execFileSync('mkfifo', [index.index])
  await refused(index, 'it is a FIFO, not a regular file')
  const layer = await make()
  const path = blobPath(layer.directory, layer.layer.digest)
  rmSync(path)
  execFileSync('mkfifo', [path])
  await refused(layer, 'it is a FIFO, not a regular file')
})

test('another image instead of the one that was written does not go elsewhere', async () => {
  const made = await make()
  made.rewrite((manifest) => ({ ...manifest, annotations: {} }))
  writeFileSync(
    made.index,
    JSON.stringify({
      manifests: made.json(made.index).manifests.map((entry: object) => ({
        ...entry,
        annotations: { 'org.opencontainers.image.ref.name': REF },
      })),
    }),
  )
  await expect(readLayout(made.directory, 'x')).resolves.toBeDefined()
  await expect(checkLayout(made.layout)).rejects.toThrow(`and not ${made.layout.manifestDigest}`)
})
