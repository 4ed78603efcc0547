import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../core/base/files/digest.ts'
import { run } from '../../../core/base/process/run.ts'
import { blobPath, type Descriptor } from '../../../core/publish/oci/blob.ts'
import { writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'
import { image, scratch } from './help.ts'

const make = async () => {
  const directory = scratch()
  const common = { directory, compression: 'gzip' as const, run }
  const layers = [
    await writeLayer([{ path: 'usr/bin/x', content: 'x' }], { role: 'runtime', ...common }),
    await writeLayer([{ path: 'machine/machine.json', content: '{}' }], { role: 'machine', ...common }),
  ]
  return {
    directory,
    layers,
    layout: await writeLayout(directory, image, ['antidotelabs/utility:v0.4.0', 'a/b:c'], layers),
  }
}

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'))

test('every blob has the name of its content, and every descriptor its size', async () => {
  const { directory, layers, layout } = await make()
  for (const name of readdirSync(join(directory, 'blobs/sha256'))) {
    expect(sha256(readFileSync(join(directory, 'blobs/sha256', name)))).toBe(name)
  }
  expect(json(join(directory, 'oci-layout'))).toEqual({ imageLayoutVersion: '1.0.0' })
  const index = json(join(directory, 'index.json'))
  expect(index).toMatchObject({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json' })
  expect(index.manifests).toHaveLength(1)
  const [entry] = index.manifests
  expect(entry.annotations).toEqual({ 'org.opencontainers.image.ref.name': 'antidotelabs/utility:v0.4.0' })
  expect(entry.digest).toBe(layout.manifestDigest)
  const manifest = json(blobPath(directory, entry.digest))
  expect(manifest).toMatchObject({ schemaVersion: 2, mediaType: entry.mediaType })
  const descriptors: Descriptor[] = [entry, manifest.config, ...manifest.layers]
  for (const { digest, size } of descriptors)
    expect(readFileSync(blobPath(directory, digest)).length).toBe(size)
  expect(manifest.layers.map((layer: Descriptor) => layer.digest)).toEqual(layers.map(({ digest }) => digest))
})

test('the config says how the container starts, what it listens on and what is in it', async () => {
  const { directory, layers, layout } = await make()
  const config = json(blobPath(directory, layout.configDigest))
  expect(config).toMatchObject({ architecture: 'amd64', os: 'linux', created: '2026-03-01T12:00:00.000Z' })
  expect(config.rootfs).toEqual({ type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) })
  expect(config.history).toHaveLength(layers.length)
  expect(config.config.Entrypoint).toEqual(['/usr/bin/node', '/launcher.mjs'])
  expect(config.config.ExposedPorts).toEqual({ '22/tcp': {}, '161/udp': {}, '8099/tcp': {} })
  expect(config.config.Volumes).toEqual({ '/var/lib/antidote': {} })
  expect(config.config.Healthcheck).toEqual({
    Test: ['CMD', '/usr/bin/antidote', 'health'],
    Interval: 10e9,
    Timeout: 8e9,
    StartPeriod: 90e9,
    Retries: 3,
  })
  expect(config.config.Labels).toEqual({
    'org.opencontainers.image.title': 'utility',
    'org.opencontainers.image.description': 'A Linux shell',
    'org.opencontainers.image.version': 'v0.4.0',
    'org.opencontainers.image.created': '2026-03-01T12:00:00.000Z',
    'org.opencontainers.image.licenses': 'Apache-2.0',
    'io.antidote.image': 'utility',
    'io.antidote.kind': 'linux',
    'io.antidote.user': 'antidote',
    'io.antidote.key': 'c0ffee',
  })
})

test('what a tap gets is frozen, and the same twice', async () => {
  const one = await make()
  const other = await make()
  expect({ ...other.layout, directory: '' }).toEqual({ ...one.layout, directory: '' })
  expect(Object.isFrozen(one.layout) && Object.isFrozen(one.layout.layers[0])).toBe(true)
  expect(readFileSync(join(one.directory, 'index.json'))).toEqual(
    readFileSync(join(other.directory, 'index.json')),
  )
})

test('an image that is written over another leaves nothing of it', async () => {
  const { directory, layers } = await make()
  const before = readdirSync(join(directory, 'blobs/sha256'))
  await writeLayout(directory, { ...image, version: 'v0.5.0' }, ['a/b:c'], layers.slice(0, 1))
  const after = readdirSync(join(directory, 'blobs/sha256'))
  expect(after).toHaveLength(3)
  expect(before.filter((name) => after.includes(name))).toEqual([layers[0]!.digest.slice('sha256:'.length)])
})
