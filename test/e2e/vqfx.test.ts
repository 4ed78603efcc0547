import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openNetconf, select, textOf } from '../../core/index.ts'
import { storeDirectory } from '../../core/store/read.ts'
import { antidote, antidoteJson, imageDirectory } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import type { Published } from './endpoint-image.ts'
import { podmanEnvironment as env, podman } from './podman.ts'
import { vendorDisk } from './vendor-disk.ts'

const IMAGE = 'antidotelabs/e2e-vqfx:latest'
const PASSWORD = 'Sesame-42-open'

const work = temporaryDirectory()
let disk: { path: string; sha256: string }
const nodes: Container[] = []

/** An image of the double's disk. The plugin knows nothing of it being one. */
const directoryOf = (name: string, more = ''): string =>
  imageDirectory(
    work,
    name,
    `use: [vqfxEndpoint({
      disk: ${JSON.stringify(disk)}, password: secret('${PASSWORD}'), memory: '256M', interfaces: 2, deadline: 900, ${more}
    })],`,
  )

beforeAll(async () => {
  const convert = ['-O', 'vmdk', '-o', 'subformat=streamOptimized']
  disk = await vendorDisk('./vqfx/double', { file: 'vqfx.vmdk', convert }, work)
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

test('a wrong password for the console is told as that, and nothing is made of it', async () => {
  const directory = directoryOf('e2e-vqfx-wrong', "credentials: { password: secret('not-Juniper-1') }")
  const { code, stdout, stderr } = await antidote(['-C', directory, 'build'], { env })
  expect(code).toBe(1)
  const told = stdout + stderr
  expect(told).toContain('e2e-vqfx-wrong › vqfx-snapshot › provision › access')
  expect(told).toContain('the guest did not take the password of "root"')
  expect(told).toContain('Login incorrect')
  expect(told).not.toContain('not-Juniper-1')
})

test('the disk becomes an image: set up on its console, checked over NETCONF, tested, saved and proven', async () => {
  const args = ['-C', directoryOf('e2e-vqfx'), 'publish', '--tag', IMAGE, '--load']
  const { code, ...published } = await antidoteJson<Published>(args, { env })
  expect(code, JSON.stringify(published)).toBe(0)
  expect(published.layers.map(({ role }) => role)).toContain('snapshot')
})

test('its password is in no log and in no record', () => {
  const store = storeDirectory()
  const told: string[] = []
  const logs = readdirSync(join(store, 'logs')).filter((name) => name.startsWith('e2e-vqfx-'))
  expect(logs.length).toBeGreaterThan(0)
  const files = [
    ...logs.map((name) => join(store, 'logs', name)),
    ...readdirSync(join(store, 'steps')).map((key) => join(store, 'steps', key, 'record.json')),
  ]
  for (const file of files) {
    const text = readFileSync(file, 'utf8')
    expect(text.includes(PASSWORD), file).toBe(false)
    if (text.includes('vqfx-snapshot')) told.push(file)
  }
  expect(told.length).toBeGreaterThan(0)
})

test('two containers restore it side by side, each with addresses of its own', async () => {
  for (const name of ['one', 'two']) {
    const args = ['--hostname', `e2e-vqfx-${name}`, '--publish', '127.0.0.1::830']
    nodes.push(await (await Container.run(`antidote-e2e-vqfx-${name}`, { args, image: IMAGE })).ready())
  }
  const seen: string[] = []
  for (const node of nodes) {
    const { snapshot, interfaces } = await node.status()
    expect(snapshot).toMatchObject({ restored: true })
    const show = ['antidote', 'ssh', 'show', 'interfaces', 'media']
    const { stdout } = await podman('exec', '--env', `ANTIDOTE_PASSWORD=${PASSWORD}`, node.name, ...show)
    const cards = new Map(
      stdout
        .split(/^Physical interface: /m)
        .slice(1)
        .map((text) => [text.split(',')[0]!, /Hardware address: (\S+)/.exec(text)?.[1]]),
    )
    expect([...cards.keys()]).toEqual(['em0', 'em1', 'em2', 'em3', 'em4'])
    expect([cards.get('em3'), cards.get('em4')]).toEqual(interfaces.map(({ mac }) => mac))
    seen.push(cards.get('em0')!, ...interfaces.map(({ mac }) => mac))
  }
  expect(new Set(seen).size).toBe(6)
})

test('both answer over NETCONF, to who connects from outside too', async () => {
  expect(nodes).toHaveLength(2)
  for (const node of nodes) {
    const [host, port] = (await podman('port', node.name, '830/tcp')).stdout.trim().split(':')
    const session = await openNetconf({
      host: host!,
      port: Number(port),
      username: 'antidote',
      password: PASSWORD,
      dialect: 'junos',
      wait: true,
      openDeadline: 120_000,
    })
    const { data } = await session.getConfig('running', {
      subtree: '<configuration><system/></configuration>',
    })
    expect(select(data, 'configuration/system/host-name').map(textOf)).toEqual(['e2e-vqfx'])
    await session.close()
  }
})
