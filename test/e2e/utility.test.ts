import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidoteJson, must, ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { follow } from './followed.ts'
import { podman, podmanEnvironment, removeContainer } from './podman.ts'
import { startRegistry } from './registry.ts'
import { ssh } from './ssh.ts'

const TAG = 'antidotelabs/utility:e2e'
const CONTAINER = 'antidote-e2e-utility'
const PORT = 22822
const work = temporaryDirectory()
let printed = ''

beforeAll(async () => {
  await removeContainer(CONTAINER)
  printed = await must(['make', '-C', ROOT, 'docker', 'TARGET_VERSION=e2e'], { env: podmanEnvironment })
})
afterAll(() => removeContainer(CONTAINER, TAG))

test('make docker ends with a tested image and says how to use it', () => {
  expect(printed).toContain(`loaded into podman: ${TAG}`)
  expect(printed).toMatch(/podman run .* -p 127\.0\.0\.1:2222:22 antidotelabs\/utility:e2e/)
  expect(printed).toContain('ssh -p 2222 antidote@127.0.0.1')
})

test('nothing runs the second time, and plan says so', async () => {
  const { stages } = await antidoteJson<{ stages: { stage: string; cached: boolean }[] }>([
    '-C',
    ROOT,
    'build',
  ])
  expect(stages.every(({ cached }) => cached)).toBe(true)
  const plan = await antidoteJson<{ stages: { stage: string; steps: { cached: boolean }[] }[] }>([
    '-C',
    ROOT,
    'plan',
  ])
  const kept = plan.stages.filter(({ stage }) =>
    ['bootstrap', 'kernel', 'rootfs', 'provision', 'qcow2'].includes(stage),
  )
  expect(kept.flatMap(({ steps }) => steps).every(({ cached }) => cached)).toBe(true)
})

test('the layout holds no password and every blob is what its name says', async () => {
  const { layout, layers } = await antidoteJson<{
    layout: string
    layers: { role: string; digest: string }[]
  }>(['-C', ROOT, 'publish'])
  expect(layers.map(({ role }) => role)).toEqual(['runtime', 'disk', 'machine'])
  for (const { digest } of layers) {
    const hex = digest.slice('sha256:'.length)
    const blob = join(layout, 'blobs/sha256', hex)
    expect(existsSync(blob)).toBe(true)
    expect((await must(['sha256sum', blob])).slice(0, 64)).toBe(hex)
  }
  const machine = join(layout, 'blobs/sha256', layers.at(-1)!.digest.slice('sha256:'.length))
  const { stdout } = { stdout: await must(['sh', '-c', 'zstd -dc "$1" | strings', 'sh', machine]) }
  expect(stdout).not.toContain('antidotepassword')
  expect(readFileSync(join(layout, 'index.json'), 'utf8')).toContain('utility')
})

test('publish --to pushes it to a registry, from which it comes back by the same digest', async () => {
  const registry = await startRegistry(work)
  try {
    const to = `${registry.address}/labs/utility:v1`
    const { digest, refs, code } = await antidoteJson<{ digest: string; refs: string[] }>([
      '-C',
      ROOT,
      'publish',
      '--to',
      to,
    ])
    expect(code).toBe(0)
    expect(refs).toContain(to)
    const named = `${registry.address}/labs/utility@${digest}`
    await must(['podman', 'pull', '--quiet', '--tls-verify=false', named], { env: podmanEnvironment })
    await must(['podman', 'rmi', named], { env: podmanEnvironment })
  } finally {
    await registry.stop()
  }
})

test('podman run gives SSH on the published port, and podman stop switches the machine off', async () => {
  await must(['podman', 'run', '-d', '--name', CONTAINER, '-p', `127.0.0.1:${PORT}:22`, TAG], {
    env: podmanEnvironment,
  })
  const log = follow(['podman', 'logs', '--follow', CONTAINER], podmanEnvironment)
  await log.until(/machine: ready/, 240)
  const { stdout } = await ssh(PORT, 'id -un; hostname; sudo id -u')
  expect(stdout.trim().split('\n')).toEqual(['antidote', 'utility', '0'])
  await must(['podman', 'stop', '--time', '90', CONTAINER], { env: podmanEnvironment })
  const state = await podman('inspect', '--format', '{{.State.ExitCode}}', CONTAINER)
  expect(state.stdout.trim()).toBe('0')
  await log.end
})
