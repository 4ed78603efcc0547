import { rmSync, truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { run } from '../../../core/base/process/run.ts'
import { blobPath } from '../../../core/publish/oci/blob.ts'
import { writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'
import { standingInLayout, standingOf } from '../../../core/publish/oci/manifest.ts'
import { image, scratch } from './help.ts'

const make = async () => {
  const directory = scratch()
  const layer = await writeLayer([{ path: 'a', content: 'a' }], {
    role: 'disk',
    directory,
    compression: 'gzip',
    run,
  })
  return { directory, layer, layout: await writeLayout(directory, image, ['a/b:v1'], [layer]) }
}

test('a layout tells the key, the digest and the size of what it holds', async () => {
  const { directory, layer, layout } = await make()
  expect(layout.key).toBe('c0ffee')
  expect(await standingInLayout(directory, 'a/b:v1')).toEqual({
    key: 'c0ffee',
    digest: layout.manifestDigest,
    bytes: layer.size,
  })
})

test('a layout without the name, and no layout at all, hold nothing', async () => {
  const { directory } = await make()
  expect(await standingInLayout(directory, 'a/b:v2')).toBeUndefined()
  expect(await standingInLayout(scratch(), 'a/b:v1')).toBeUndefined()
})

test.for(['cut', 'missing'] as const)('a layout with a layer %s holds nothing', async (how) => {
  const { directory, layer } = await make()
  const blob = blobPath(directory, layer.digest)
  if (how === 'cut') truncateSync(blob, 5)
  else rmSync(blob)
  expect(await standingInLayout(directory, 'a/b:v1')).toBeUndefined()
})

test('what somebody else published has a digest and no key', () => {
  const text = '{"schemaVersion":2,"manifests":[]}'
  expect(standingOf(text)).toEqual({ key: undefined, digest: `sha256:${sha256(text)}`, bytes: 0 })
})
