import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { run } from '../../../core/base/process/run.ts'
import { blobPath } from '../../../core/publish/oci/blob.ts'
import { type Compression, importBlob, writeLayer } from '../../../core/publish/oci/layer.ts'
import type { LayerFile } from '../../../core/publish/oci/tar.ts'
import { scratch } from './help.ts'

// more than any pipe or buffer holds, and hard to compress
const files: LayerFile[] = [
  {
    path: 'data',
    content: Buffer.from(Array.from({ length: 40_000 }, (_, index) => sha256(String(index))).join('')),
  },
]

const variants: [Compression, string, string[]][] = [
  ['zstd', 'application/vnd.oci.image.layer.v1.tar+zstd', ['zstd', '-dc']],
  ['gzip', 'application/vnd.oci.image.layer.v1.tar+gzip', ['gzip', '-dc']],
]

test.for(variants)(
  '%s: digests of the blob and of the tar inside, and its size',
  async ([compression, mediaType, unpack]) => {
    const directory = scratch()
    const layer = await writeLayer(files, { role: 'disk', directory, compression, run })
    expect(layer).toMatchObject({ role: 'disk', mediaType })
    const path = blobPath(directory, layer.digest)
    const blob = readFileSync(path)
    expect(layer.digest).toBe(`sha256:${sha256(blob)}`)
    expect(layer.size).toBe(blob.length)
    const tar = execFileSync(unpack[0]!, [...unpack.slice(1), path], { maxBuffer: 2 ** 28 })
    expect(layer.diffId).toBe(`sha256:${sha256(tar)}`)
    expect(readdirSync(directory)).toEqual(['blobs'])
    const again = await writeLayer(files, { role: 'disk', directory: scratch(), compression, run })
    expect(again).toEqual(layer)
  },
)

test('the number of threads does not change the bytes of zstd', async () => {
  const source = join(scratch(), 'data')
  writeFileSync(source, Buffer.alloc(32 * 2 ** 20, sha256('some')))
  const sums = ['-T1', '-T2', '-T4'].map((threads) =>
    sha256(
      execFileSync('zstd', ['-q', '-c', '-12', threads], { input: readFileSync(source), maxBuffer: 2 ** 28 }),
    ),
  )
  expect(new Set(sums).size).toBe(1)
})

test('a gzip layer has no time and no name in its header', async () => {
  const directory = scratch()
  const layer = await writeLayer(files, { role: 'disk', directory, compression: 'gzip', run })
  const header = readFileSync(blobPath(directory, layer.digest)).subarray(0, 10)
  expect(header[3]).toBe(0)
  expect(header.readUInt32LE(4)).toBe(0)
})

test('a source that cannot be read fails by its name and leaves nothing', async () => {
  const directory = scratch()
  const missing: LayerFile[] = [...files, { path: 'z', source: '/nowhere/at/all' }]
  await expect(writeLayer(missing, { role: 'disk', directory, compression: 'gzip', run })).rejects.toThrow(
    '/nowhere/at/all',
  )
  expect(readdirSync(directory)).toEqual([])
})

test('a compressor that fails is named and leaves nothing', async () => {
  const directory = scratch()
  const ending: typeof run = (_argv, options) => run(['sh', '-c', 'exit 3'], options)
  const failing = writeLayer(files, { role: 'disk', directory, compression: 'gzip', run: ending })
  await expect(failing).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
  expect(readdirSync(directory)).toEqual([])
})

test('a layer written elsewhere is put into a layout', async () => {
  const from = scratch()
  const to = scratch()
  const layer = await writeLayer(files, { role: 'runtime', directory: from, compression: 'gzip', run })
  await importBlob(layer.digest, from, to)
  expect(statSync(blobPath(to, layer.digest)).size).toBe(layer.size)
})
