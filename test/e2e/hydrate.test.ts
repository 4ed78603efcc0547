import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256File } from '../../core/base/files/digest.ts'
import { antidote, antidoteJson, imageDirectory, must, storeWithTools } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { podman, podmanEnvironment } from './podman.ts'
import { type Registry, startRegistry } from './registry.ts'

const IMAGE = 'antidotelabs/e2e-hydrated:latest'
const work = temporaryDirectory()
const layouts = { whole: join(work, 'whole'), hydrated: join(work, 'hydrated') }
let env: NodeJS.ProcessEnv
let registry: Registry
let server: Server
/** How often the vendor was asked for the disk. */
let asked = 0
/** The image directory, and the vendor's file on this machine. */
let image: string
let disk: string

interface Layer {
  role: string
  digest: string
  redistributable?: false
  missing?: true
}
interface Told {
  digest: string
  completes?: string
  layers: Layer[]
  error?: { code: string; message: string; hint?: string }
}

const told = (...args: string[]) => antidoteJson<Told>(args, { env })
const publish = (...options: string[]) => told('-C', image, 'publish', '--no-test', ...options)
const at = (name: string) => `${registry.address}/labs/${name}`
/** What the registry answers about a blob or a manifest. */
const standing = async (kind: 'blobs' | 'manifests', name: string, what: string) => {
  const accept = 'application/vnd.oci.image.manifest.v1+json'
  return fetch(`http://${registry.address}/v2/labs/${name}/${kind}/${what}`, { headers: { accept } })
}

beforeAll(async () => {
  env = { ...podmanEnvironment, ANTIDOTE_CACHE_DIR: await storeWithTools(work) }
  registry = await startRegistry(work)
  const source = imageDirectory(work, 'machine', 'use: [debianEndpoint()]')
  const { artifact } = await antidoteJson<{ artifact: { path: string } }>(['-C', source, 'build'])
  disk = join(work, 'router-1.2.vmdk')
  const options = ['-O', 'vmdk', '-o', 'subformat=streamOptimized']
  await must(['qemu-img', 'convert', ...options, artifact.path, disk])
  server = createServer((_, response) => {
    asked++
    response.end(readFileSync(disk))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/router-1.2.vmdk`
  const sum = await sha256File(disk)
  image = imageDirectory(
    work,
    'e2e-vendor',
    `use: [disk({ url: '${url}', sha256: '${sum}', redistributable: false })], install: 'install.sh'`,
    { 'install.sh': '#!/bin/sh\necho ours >/etc/lesson\n' },
  )
})
afterAll(async () => {
  server?.close()
  await registry?.stop()
  await podman('rmi', '--force', '--ignore', IMAGE)
})

test("a push of a vendor's disk is refused as soon as the disk is there, and nothing is pushed", async () => {
  const { code, stdout, stderr } = await antidote(
    ['-C', image, 'publish', '--no-test', '--to', at('whole')],
    {
      env,
    },
  )
  expect(code).toBe(2)
  expect(stdout + stderr).toContain(
    `The image "e2e-vendor" has a vendor's disk in it that is not redistributable, so it is not pushed to ${at('whole')}:latest.`,
  )
  expect(stderr).toContain('--without-vendor-disk')
  expect(stderr).toContain('100 % of')
  expect(stderr).not.toContain('provision ›')
  expect((await standing('manifests', 'whole', 'latest')).status).toBe(404)
})

test('for oneself it is written, with a note, from the disk that was fetched and converted once', async () => {
  const { code, stdout, stderr } = await antidote(
    ['-C', image, 'publish', '--no-test', '--output', layouts.whole],
    { env },
  )
  expect(code, stderr).toBe(0)
  expect(stdout).toContain("A vendor's bits are in it (disk)")
  const { layers } = await told('inspect', layouts.whole)
  expect(layers.map(({ role, redistributable }) => [role, redistributable])).toEqual([
    ['runtime', undefined],
    ['disk', false],
    ['disk', undefined],
    ['machine', undefined],
  ])
  expect(stderr).not.toContain('bootstrap › disk › import: started')
  expect(asked).toBe(1)
})

test("without the vendor's disk, its layer is nowhere in the registry, and what is there says what it needs", async () => {
  const whole = await told('inspect', layouts.whole)
  const vendors = whole.layers.find(({ redistributable }) => redistributable === false)!
  const delta = await publish('--without-vendor-disk', '--to', at('delta'))
  expect(delta.code, JSON.stringify(delta.error)).toBe(0)
  expect(delta.completes).toBe(whole.digest)
  expect(delta.layers.map(({ role }) => role)).toEqual(['runtime', 'disk', 'machine'])
  const manifest = await standing('manifests', 'delta', 'latest')
  expect(manifest.headers.get('docker-content-digest')).toBe(delta.digest)
  expect(await manifest.text()).not.toContain(vendors.digest)
  expect((await standing('blobs', 'delta', vendors.digest)).status).toBe(404)
  const stored = readdirSync(join(work, 'registry/docker/registry/v2/blobs/sha256'), { recursive: true })
  expect(stored.some((name) => String(name).includes(vendors.digest.slice(7)))).toBe(false)
  for (const { digest } of delta.layers) expect((await standing('blobs', 'delta', digest)).status).toBe(200)

  const seen = await told('inspect', at('delta'))
  expect(seen).toMatchObject({
    digest: delta.digest,
    delta: {
      completes: whole.digest,
      disk: { name: 'router-1.2.vmdk', sha256: await sha256File(disk) },
    },
  })
  expect(seen.layers.filter(({ missing }) => missing)).toEqual([{ ...vendors, missing: true }])
  const pulled = await podman('pull', '--tls-verify=false', at('delta'))
  expect(pulled.code).not.toBe(0)
  expect(pulled.stderr).toContain('application/vnd.antidote.delta.v1')
})

test('a wrong disk is one clear error, and leaves nothing', async () => {
  const wrong = join(work, 'router-1.1.vmdk')
  writeFileSync(wrong, 'another release')
  const args = ['hydrate', at('delta'), '--disk', wrong, '--output', layouts.hydrated]
  const { code, error } = await told(...args)
  expect(code).toBe(1)
  expect(error).toMatchObject({
    code: 'HYDRATE_DISK',
    message: `${wrong} is not the disk that the image "e2e-vendor" was made from: it has sha256 ${await sha256File(wrong)}, not ${await sha256File(disk)}.`,
    hint: expect.stringContaining('router-1.2.vmdk'),
  })
  expect(existsSync(layouts.hydrated)).toBe(false)
  expect(readdirSync(join(env.ANTIDOTE_CACHE_DIR!, 'tmp'))).toEqual([])
})

test('the right disk gives the very same image, whatever the file is called, and it runs', async () => {
  const own = join(work, 'my copy.bin')
  renameSync(disk, own)
  const hydrated = await told(
    ...['hydrate', at('delta'), '--disk', own, '--output', layouts.hydrated, '--tag', IMAGE, '--load'],
  )
  expect(hydrated.code, JSON.stringify(hydrated.error)).toBe(0)
  const whole = await told('inspect', layouts.whole)
  expect(hydrated.digest).toBe(whole.digest)
  const blobs = (layout: string) => readdirSync(join(layout, 'blobs/sha256')).sort()
  expect(blobs(layouts.hydrated)).toEqual(blobs(layouts.whole))
  for (const name of blobs(layouts.hydrated))
    expect(await sha256File(join(layouts.hydrated, 'blobs/sha256', name))).toBe(name)
  // nobody asked the vendor again
  expect(asked).toBe(1)
  const container = await (await Container.run('antidote-e2e-hydrated', { image: IMAGE })).ready()
  expect(await container.guest('cat /etc/lesson')).toBe('ours')
  await container.remove()
})

test('an image that is saved is shared without its saved machine, which is not even made', async () => {
  const file = join(image, 'antidote.config.ts')
  const config = readFileSync(file, 'utf8')
  const { mtime } = statSync(file)
  writeFileSync(file, config.replace('install:', 'machine: { snapshot: true }, install:'))
  const output = join(work, 'saved')
  const args = ['-C', image, 'publish', '--no-test', '--without-vendor-disk', '--output', output]
  const { code, stdout, stderr } = await antidote(args, { env })
  writeFileSync(file, config)
  // an image has the time of its files
  utimesSync(file, mtime, mtime)
  expect(code, stderr).toBe(0)
  expect(stderr).not.toContain('snapshot')
  expect(stderr).not.toContain('provision › antidote › install.sh: started')
  expect(stdout).toContain('Who has the same disk completes it')
  const { layers, machine } = await antidoteJson<{ layers: Layer[]; machine: { snapshot?: boolean } }>(
    ['inspect', output],
    { env },
  )
  expect(layers.map(({ role }) => role)).toEqual(['runtime', 'disk', 'disk', 'machine'])
  expect(machine.snapshot).toBe(false)
  expect(asked).toBe(1)
})

test('who may pass the disk on says so', async () => {
  const { digest } = await told('inspect', layouts.whole)
  const pushed = await publish('--redistribute', '--to', at('whole'))
  expect(pushed.code, JSON.stringify(pushed.error)).toBe(0)
  const manifest = await standing('manifests', 'whole', 'latest')
  expect(manifest.headers.get('docker-content-digest')).toBe(digest)
})
