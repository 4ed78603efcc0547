import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidote, antidoteJson, imageDirectory, must, storeWithTools } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { podmanEnvironment } from './podman.ts'
import { type Registry, startRegistry } from './registry.ts'

const work = temporaryDirectory()
let registry: Registry
let image: string
let env: NodeJS.ProcessEnv
let digest: string

/** An image whose disk is one file. */
const SETTINGS = `description: 'tiny', machine: { interfaces: 2 }, use: [definePlugin({ name: 'disk', version: '1',
  apply({ bootstrap }) {
    bootstrap.tap({ name: 'disk', files: ['content'] }, async (_, step) => {
      await step.run(['cp', step.directory + '/content', step.out + '/disk.qcow2'], { readable: [step.directory] })
      return { kind: 'disk', chain: [step.ref('disk.qcow2')] }
    })
  } })]`

const inspect = (...args: string[]) =>
  antidoteJson<Record<string, unknown>>(['-C', image, 'inspect', ...args], { env })

beforeAll(async () => {
  registry = await startRegistry(work)
  env = { ...podmanEnvironment, ANTIDOTE_CACHE_DIR: await storeWithTools(work) }
  image = imageDirectory(work, 'tiny', SETTINGS, { content: 'a disk' })
})
afterAll(() => registry.stop())

test('before it is published there is nothing to show', async () => {
  const { code, error } = await inspect()
  expect(code).toBe(1)
  expect(error).toMatchObject({ code: 'IMAGE_UNPUBLISHED', message: expect.stringContaining('"tiny"') })
})

test('an image is shown as it was published last', async () => {
  const to = ['--to', `${registry.address}/lab/tiny:v1`]
  const published = await antidoteJson<{ digest: string }>(['-C', image, 'publish', '--no-test', ...to], {
    env,
  })
  expect(published.code).toBe(0)
  digest = published.digest
  const { code, ...found } = await inspect()
  expect(code).toBe(0)
  expect(found).toMatchObject({
    image: 'tiny',
    description: 'tiny',
    digest,
    machine: { interfaces: 2, memory: 512, ports: [{ port: 22, protocol: 'tcp' }] },
    saved: [],
  })
  expect(JSON.stringify(found)).not.toContain('antidotepassword')
  const { stdout } = await antidote(['-C', image, 'inspect'], { env })
  expect(stdout).toMatch(/^tiny v1$/m)
  expect(stdout).toMatch(/^ {2}cards +virtio-net-pci, one for management and 2 for data$/m)
})

test('so is one in a registry, and one in an archive', async () => {
  for (const name of [`${registry.address}/lab/tiny:v1`, `docker://${registry.address}/lab/tiny:v1`])
    expect(await inspect(name)).toMatchObject({ code: 0, image: 'tiny', digest })
  const archive = join(work, 'tiny.tar')
  const layout = join(env.ANTIDOTE_CACHE_DIR!, 'layouts', 'tiny')
  await must(['tar', '--create', '--file', archive, '--directory', layout, '.'])
  expect(await inspect(`oci-archive:${archive}`)).toMatchObject({ code: 0, image: 'tiny', digest })
})

test('what is no image is one clear error', async () => {
  const empty = join(work, 'empty')
  mkdirSync(empty)
  expect(await inspect(empty)).toMatchObject({ code: 1, error: { code: 'IMAGE_UNREADABLE' } })
  expect(await inspect(`${registry.address}/lab/none:v1`)).toMatchObject({
    code: 1,
    error: { code: 'IMAGE_UNREADABLE', message: expect.stringContaining('manifest unknown') },
  })
  expect(await inspect('none')).toMatchObject({ code: 2, error: { code: 'IMAGE_SOURCE' } })
})
