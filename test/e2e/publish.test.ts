import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidote, antidoteJson, CLI, imageDirectory, launch, must } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { podman, podmanEnvironment } from './podman.ts'
import { type Registry, startRegistry } from './registry.ts'
import { tiny } from './tiny-image.ts'

const work = temporaryDirectory()
const images = join(work, 'images')
/** Not in the store, where nothing of this is wanted later. */
const output = ['--output', join(work, 'layouts')]
let registry: Registry

interface Row {
  image: string
  state: string
  key: string
  refs: string[]
  digest: string
  bytes: number
  error?: { code: string; message: string; log?: string }
}

const changed = (...options: string[]) =>
  antidoteJson<{ images: Row[] }>(['publish', '--changed', images, '--no-test', ...output, ...options], {
    env: podmanEnvironment,
  })

const statesOf = (rows: Row[]) => Object.fromEntries(rows.map(({ image, state }) => [image, state]))

/** What stands in the registry, as it answers itself. */
const manifest = async (name: string, tag: string) => {
  const answer = await fetch(`http://${registry.address}/v2/${name}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  })
  return {
    status: answer.status,
    digest: answer.headers.get('docker-content-digest'),
    annotations: ((await answer.json()) as { annotations?: Record<string, string> }).annotations,
  }
}

beforeAll(async () => {
  registry = await startRegistry(work)
  tiny(images, 'publish-one', `one ${work}`)
  tiny(images, 'publish-two', `two ${work}`)
})
afterAll(async () => {
  await registry.stop()
  const refs = ['publish-one', 'publish-two', 'publish-again'].map((name) => `localhost/${name}:latest`)
  await podman('rmi', '--force', '--ignore', ...refs, 'publish-one:latest', 'publish-two:latest')
})

test('--changed publishes every image of a directory, under the keys that it prints', async () => {
  const { code, images: rows } = await changed('--to', `${registry.address}/labs`)
  expect(code).toBe(0)
  expect(statesOf(rows)).toEqual({ 'publish-one': 'published', 'publish-two': 'published' })
  for (const { image, key, digest, refs } of rows) {
    expect(refs).toContain(`${registry.address}/labs/${image}:latest`)
    const there = await manifest(`labs/${image}`, 'latest')
    expect(there.digest).toBe(digest)
    expect(there.annotations?.['io.antidote.key']).toBe(key)
  }
})

test('the second time nothing is built, and what it prints is the same', async () => {
  const { stdout, stderr, code } = await antidote(
    ['publish', '--changed', images, '--no-test', ...output, '--to', `${registry.address}/labs`],
    {},
  )
  expect(code).toBe(0)
  expect(stdout.match(/publish-\w+ +unchanged/g)).toHaveLength(2)
  expect(stderr).not.toContain('started')
  expect(stderr).not.toContain('cached')
})

test('of a change only the image that it is in is published, and a broken one stops no other', async () => {
  writeFileSync(join(images, 'publish-two/content'), `changed ${work}`)
  tiny(images, 'publish-bad', `broken ${work}`)
  const bad = imageDirectory(images, 'publish-wrong', 'nonsense: 1, use: []')
  const { code, images: rows } = await changed('--to', `${registry.address}/labs`)
  expect(code).toBe(1)
  expect(statesOf(rows)).toEqual({
    'publish-one': 'unchanged',
    'publish-two': 'published',
    'publish-bad': 'failed',
    'publish-wrong': 'failed',
  })
  const errorOf = (name: string) => rows.find(({ image }) => image === name)?.error
  expect(errorOf('publish-wrong')).toMatchObject({ code: 'CONFIG_UNKNOWN_KEY' })
  const failure = errorOf('publish-bad')
  expect(failure).toMatchObject({ code: 'TAP_THREW' })
  expect(existsSync(failure!.log!)).toBe(true)
  rmSync(bad, { recursive: true })
  const said = await antidote([
    'publish',
    '--changed',
    images,
    '--no-test',
    '--to',
    `${registry.address}/labs`,
  ])
  expect(said.code).toBe(1)
  expect(said.stderr).toContain('publish-bad › disk › bootstrap › disk')
  expect(said.stderr).toMatch(/log \/.*publish-bad.*\.log/)
  rmSync(join(images, 'publish-bad'), { recursive: true })
})

test('a preview has a tag of its own and leaves the latest alone', async () => {
  const before = await manifest('labs/publish-one', 'latest')
  writeFileSync(join(images, 'publish-one/content'), `preview ${work}`)
  const to = `${registry.address}/labs`
  const { images: rows } = await changed('--to', to, '--preview', '7')
  expect(rows.map(({ state }) => state)).toEqual(['published', 'published'])
  const preview = await manifest('labs/publish-one', 'preview-7')
  expect(preview.digest).toBe(rows[0]!.digest)
  expect((await manifest('labs/publish-one', 'latest')).digest).toBe(before.digest)
  const single = await antidoteJson<{ refs: string[]; digest: string }>([
    ...['-C', join(images, 'publish-one'), 'publish', '--no-test', '--preview', '8'],
    ...['--tag', 'labs/x', '--to', `${to}/publish-one`, '--output', join(work, 'single')],
  ])
  expect(single.refs).toEqual(['labs/x:preview-8', `${to}/publish-one:preview-8`])
  expect((await manifest('labs/publish-one', 'preview-8')).digest).toBe(single.digest)
})

test('a registry that does not answer is an error before anything is built', async () => {
  const { code, stderr } = await antidote(['publish', '--changed', images, '--to', '127.0.0.1:1/labs'])
  expect(code).toBe(1)
  expect(stderr).toContain('The registry 127.0.0.1:1 cannot be reached')
  expect(stderr).not.toContain('started')
})

test('Ctrl-C stops the whole, and the next run goes on', async () => {
  const directory = join(work, 'interrupted')
  const names = ['publish-quick', 'publish-slow']
  tiny(directory, names[0]!, `quick ${work}`)
  tiny(directory, names[1]!, `slow ${work}`)
  const to = ['--to', `${registry.address}/interrupted`]
  const args = ['publish', '--changed', directory, '--no-test', ...output, ...to]
  const running = launch([process.execPath, CLI, ...args])
  await running.until(/publish-slow: bootstrap › disk › disk: started/)
  running.child.kill('SIGINT')
  const { code, stderr } = await running.end
  expect(code).toBe(130)
  expect(stderr).toMatch(/publish-slow +stopped/)
  const { images: rows } = await antidoteJson<{ images: Row[] }>(args)
  expect(statesOf(rows)).toEqual({ 'publish-quick': 'unchanged', 'publish-slow': 'published' })
})

test('--meta writes what the platform reads, and leaves a file of somebody else alone', async () => {
  const one = join(images, 'publish-one')
  const file = join(one, 'image.meta.yaml')
  const printed = await must([process.execPath, CLI, '-C', one, 'publish', '--meta', '-'])
  expect(existsSync(file)).toBe(false)
  const layout = ['--output', join(work, 'single')]
  await must([process.execPath, CLI, '-C', one, 'publish', '--no-test', '--meta', ...layout])
  expect(readFileSync(file, 'utf8')).toBe(printed)
  expect(printed).toMatch(/^slug: "publish-one"$/m)
  expect(printed).toMatch(/^networkInterfaces:\n {2}- "net0"\n {2}- "net1"$/m)
  writeFileSync(file, 'slug: mine\n')
  const refused = await antidote(['-C', one, 'publish', '--no-test', '--meta'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('was not written by antidote')
  expect(readFileSync(file, 'utf8')).toBe('slug: mine\n')
  const hidden = imageDirectory(work, 'publish-hidden', "use: [debian({ password: secret('hush-hush') })]")
  const secret = await antidote(['-C', hidden, 'publish', '--meta', '-'])
  expect(secret.code).toBe(2)
  expect(secret.stderr).toContain('would show the password of "antidote", which is a secret')
  expect(secret.stdout + secret.stderr).not.toContain('hush-hush')
})

/** Everything in an image: names, modes, owners, sizes, times, and the content of all files together. */
const contentOf = async (image: string): Promise<string[]> => {
  const container = (await must(['podman', 'create', image], { env: podmanEnvironment })).trim()
  const archive = join(work, 'export.tar')
  await must(['podman', 'export', '--output', archive, container], { env: podmanEnvironment })
  await must(['podman', 'rm', '--volumes', container], { env: podmanEnvironment })
  const listing = ['tar', '--list', '--verbose', '--numeric-owner', '--full-time', '--file', archive]
  const sum = await must(['sh', '-c', 'tar --extract --to-stdout --file "$1" | sha256sum', 'sh', archive])
  return [...(await must(listing)).trim().split('\n').sort(), sum]
}

const configOf = async (image: string): Promise<Record<string, unknown>> => {
  const text = await must(['podman', 'image', 'inspect', image], { env: podmanEnvironment })
  const [{ Config, Healthcheck }] = JSON.parse(text) as [
    { Config: { Labels: Record<string, string> }; Healthcheck: unknown },
  ]
  const { 'io.buildah.version': _, ...Labels } = Config.Labels
  return { ...Config, Labels, Healthcheck }
}

test('what podman builds from --dockerfile is the image that --load loads', async () => {
  const one = join(images, 'publish-one')
  const context = join(work, 'context')
  mkdirSync(context)
  const args = [
    '-C',
    one,
    'publish',
    '--no-test',
    '--load',
    '--dockerfile',
    context,
    '--output',
    join(work, 'single'),
  ]
  const { code, stderr } = await antidote(args, { env: podmanEnvironment })
  expect(stderr).not.toContain('error ')
  expect(code).toBe(0)
  const again = 'localhost/publish-again:latest'
  // HEALTHCHECK is not in the OCI format
  await must(['podman', 'build', '--quiet', '--format', 'docker', '--tag', again, context], {
    env: podmanEnvironment,
  })
  const loaded = await configOf('publish-one:latest')
  expect(loaded).toMatchObject({
    Volumes: { '/var/lib/antidote': {} },
    ExposedPorts: { '22/tcp': {}, '161/udp': {}, '8099/tcp': {} },
    Healthcheck: { Test: ['CMD', '/usr/bin/antidote', 'health'] },
  })
  expect(await configOf(again)).toEqual(loaded)
  expect(await contentOf(again)).toEqual(await contentOf('publish-one:latest'))
  const script = 'fs.accessSync("/usr/bin/antidote", fs.constants.X_OK), fs.realpathSync("/usr/bin/antidote")'
  const path = await must(['podman', 'run', '--rm', '--entrypoint', '/usr/bin/node', again, '-p', script], {
    env: podmanEnvironment,
  })
  expect(path.trim()).toBe('/usr/lib/antidote/launcher.mjs')
})

test('images of one version have one runtime layer, of at most 65 MB', async () => {
  const layersOf = async (name: string) =>
    (
      await antidoteJson<{ layers: { role: string; digest: string; bytes: number }[] }>([
        ...['-C', join(images, name), 'publish', '--no-test', '--output', join(work, name)],
      ])
    ).layers
  const [one, two] = await Promise.all(['publish-one', 'publish-two'].map(layersOf))
  expect(one![0]!.role).toBe('runtime')
  expect(two![0]).toEqual(one![0])
  expect(two![1]!.digest).not.toBe(one![1]!.digest)
  expect(one![0]!.bytes).toBeLessThan(65e6)
})

test('--changed --load asks the engines what they have', async () => {
  const first = await changed('--load')
  expect(first.images.map(({ state }) => state)).not.toContain('failed')
  const second = await changed('--load')
  expect(statesOf(second.images)).toEqual({ 'publish-one': 'unchanged', 'publish-two': 'unchanged' })
  await must(['podman', 'rmi', '--force', 'publish-two:latest'], { env: podmanEnvironment })
  const third = await changed('--load')
  expect(statesOf(third.images)).toEqual({ 'publish-one': 'unchanged', 'publish-two': 'published' })
})
