import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import { sha256 } from '../../../core/base/files/digest.ts'
import { run } from '../../../core/base/process/run.ts'
import { inspectImage } from '../../../core/publish/oci/inspect.ts'
import { writeLayer } from '../../../core/publish/oci/layer.ts'
import { writeLayout } from '../../../core/publish/oci/layout.ts'
import { openImage } from '../../../core/publish/oci/open-image.ts'
import type { LayerFile } from '../../../core/publish/oci/tar.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { makeFifo } from '../../support/directory.ts'
import { image, scratch } from './help.ts'

const RECORD = JSON.stringify({
  version: 1,
  saved: '2026-11-30T00:00:00.000Z',
  qemu: '10.0.0',
  hardware: { machine: 'pc-q35-10.0', cpu: 'max', cpus: 1, memory: 512 },
  sentinels: ['52:54:00:a7:3c:e1'],
  others: [],
  memory: { bytes: 1, pages: '', places: [[0, 0, 'plain']] },
  state: { bytes: 1, sha256: '', places: [] },
})

/** A layout as `publish` writes it, with layers of a few files. */
const publish = async (layers: [role: string, files: Record<string, string>][], change = {}) => {
  const directory = scratch()
  const written = []
  for (const [role, files] of layers) {
    const content: LayerFile[] = Object.entries(files).map(([path, content]) => ({ path, content }))
    written.push(await writeLayer(content, { role, directory, run }))
  }
  await writeLayout(directory, { ...image, ...change }, ['a/b:v1'], written)
  return directory
}

const machineWith = (saved: object[], digest = sha256(RECORD)) =>
  JSON.stringify(specOf({ saved: saved.map((one) => ({ sha256: digest, ...one })) as never }))

const open = (source: string) => openImage(source, { work: scratch(), run })
const inspect = async (source: string) => inspectImage(await open(source), source, { run })

const UNDER_TCG = { accelerator: 'tcg', directory: 'ab' }
const whole = (record = RECORD, saved: object[] = [UNDER_TCG]) =>
  publish([
    ['runtime', { 'usr/bin/antidote': 'x' }],
    ['disk', { 'machine/d/disk.qcow2': 'disk' }],
    ['snapshot', { 'machine/ab/snapshot.json': record, 'machine/ab/ram': 'x'.repeat(1 << 20) }],
    ['machine', { 'machine/k/vmlinux': 'k', 'machine/machine.json': machineWith(saved) }],
  ])

test('an image tells what it is, its layers by role, its machine, and what was saved of it', async () => {
  const found = await inspect(await whole())
  expect(found).toMatchObject({
    image: 'utility',
    version: 'v0.4.0',
    description: 'A Linux shell',
    key: 'c0ffee',
    digest: expect.stringMatching(/^sha256:/),
    machine: { memory: 256, nic: 'virtio-net-pci' },
  })
  expect(found.layers.map(({ role }) => role)).toEqual(['runtime', 'disk', 'snapshot', 'machine'])
  expect(found.saved).toEqual([{ ...UNDER_TCG, sha256: sha256(RECORD), record: JSON.parse(RECORD) }])
  expect(found.machine).not.toHaveProperty('saved')
})

test('a layout is opened by `oci:` too, by its first name or another', async () => {
  const directory = await whole()
  const { digest } = await inspect(directory)
  expect(await inspect(`oci:${directory}`)).toMatchObject({ digest })
  expect(await inspect(`oci:${directory}:a/b:v1`)).toMatchObject({ digest })
  await expect(open(`oci:${directory}:a/b:v2`)).rejects.toMatchObject({
    code: 'IMAGE_UNREADABLE',
    message: expect.stringContaining('nothing of the name a/b:v2'),
  })
})

test('an image that was built from a Dockerfile has no roles, and is found all the same', async () => {
  const directory = await whole()
  const standing = await open(directory)
  const layers = standing.layers.map((layer) => ({ ...layer, role: '' }))
  const found = await inspectImage({ ...standing, layers }, directory, { run })
  expect(found.saved).toHaveLength(1)
})

describe('one clear error', () => {
  const fails = (source: string, code: string, text: string) =>
    expect(inspect(source)).rejects.toMatchObject({ code, message: expect.stringContaining(text) })

  test('for a directory that is no layout', () => fails(scratch(), 'IMAGE_UNREADABLE', 'index.json'))

  test('for a layout whose index is a FIFO', async () => {
    const directory = scratch()
    makeFifo(join(directory, 'index.json'))
    await fails(directory, 'IMAGE_UNREADABLE', 'it is a FIFO, not a regular file')
  })

  test('for a layout that is cut', async () => {
    const directory = scratch()
    writeFileSync(join(directory, 'index.json'), '{"manifests":')
    await fails(directory, 'IMAGE_UNREADABLE', directory)
  })

  test('for a layout without an image', async () => {
    const directory = scratch()
    writeFileSync(join(directory, 'index.json'), '{"manifests":[]}')
    await fails(directory, 'IMAGE_UNREADABLE', 'it is empty')
  })

  test('for an image of somebody else', async () => {
    const directory = await publish([['disk', { a: 'a' }]], { key: '' })
    await fails(directory, 'IMAGE_FOREIGN', 'io.antidote.key')
  })

  test('for an image without a machine', async () => {
    await fails(await publish([['disk', { a: 'a' }]]), 'IMAGE_UNREADABLE', '/machine/machine.json')
  })

  test('for a machine of another version', async () => {
    const directory = await publish([['machine', { 'machine/machine.json': '{"version":2}' }]])
    await fails(directory, 'IMAGE_UNREADABLE', 'another version')
  })

  test.each([
    ['null', 'another version'],
    ['{"version":1}', 'its machine.json is wrong at "'],
    ['{"version":1', 'JSON'],
    [`{"version":1,"x":${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 'nested more than 50 deep'],
  ])('for a machine.json that is %#', async (text, reason) => {
    await fails(await publish([['machine', { 'machine/machine.json': text }]]), 'IMAGE_UNREADABLE', reason)
  })

  test('for a record that lacks something', async () => {
    const text = '{"version":1}'
    const saved = [{ accelerator: 'tcg', directory: 'ab', sha256: sha256(text) }]
    await fails(await whole(text, saved), 'IMAGE_UNREADABLE', 'snapshot.json is wrong at "saved"')
  })

  test('for a record that is not the one that the machine names', async () => {
    await fails(await whole('{"version":1}'), 'IMAGE_UNREADABLE', 'ab/snapshot.json is not as it was written')
  })

  test('for a record that is missing', async () => {
    const saved = [{ accelerator: 'tcg', directory: 'cd' }]
    await fails(await whole(RECORD, saved), 'IMAGE_UNREADABLE', '/machine/cd/snapshot.json')
  })

  test.for(['nothing', './nothing', '/nowhere/at-all'])('for %s, which is nothing', (source) =>
    fails(source, 'IMAGE_SOURCE', source),
  )

  test('for an archive that is missing', () =>
    fails('oci-archive:/nowhere.tar', 'IMAGE_UNREADABLE', 'no such'))

  test('for a name without a registry', () => fails('a/b:v1', 'REGISTRY_MISSING', 'a/b:v1'))
})

test('a copy that fails says why in the words of who copied', async () => {
  const archive = join(scratch(), 'image.tar')
  writeFileSync(archive, 'no archive')
  const line = 'time="t" level=fatal msg="initializing source: it is no archive"'
  const failing = () => Promise.reject(errors.commandFailed('skopeo copy', 'exit status 1', ['a line', line]))
  await expect(openImage(`oci-archive:${archive}`, { work: scratch(), run: failing })).rejects.toMatchObject({
    code: 'IMAGE_UNREADABLE',
    message: expect.stringContaining('it is no archive'),
  })
})
