import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { Neighbour, tryLoopback } from './neighbour.ts'
import { podmanEnvironment as env, podman, removeContainer } from './podman.ts'

const IMAGE = 'antidotelabs/e2e-restored-outgoing:latest'
const work = temporaryDirectory()

/** The image of snapshot.test.ts. */
beforeAll(async () => {
  const settings = `use: [debianEndpoint({ packages: ['lldpd', 'socat'] })],
  machine: { memory: '256M', interfaces: 3, snapshot: true },`
  const directory = imageDirectory(work, 'snapshot', settings)
  const where = ['--output', `${work}/layout`, '--tag', IMAGE, '--load']
  const { code, ...told } = await antidoteJson<object>(['-C', directory, 'publish', '--no-test', ...where], {
    env,
  })
  if (code !== 0) throw new Error(`publish ended with ${code}: ${JSON.stringify(told)}`)
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

test('one that is restored reaches the network, and not loopback of its container', async () => {
  const [name, network] = ['antidote-e2e-restored-outgoing', 'podman']
  const [outer, inner] = [`${name}-outside`, `${name}-mate`]
  await removeContainer(inner)
  const outside = await Neighbour.run(outer, { network, address: '0.0.0.0', image: IMAGE })
  const container = await Container.run(name, { args: ['--network', network], image: IMAGE })
  // its network is there once it runs
  await container.until(/^antidote /m)
  const mate = await Neighbour.run(inner, {
    network: `container:${name}`,
    address: '127.0.0.1',
    image: IMAGE,
  })
  await container.ready()
  expect((await container.status()).snapshot).toMatchObject({ restored: true })
  expect(await tryLoopback(container, await outside.address(network))).toBe('neighbour')
  expect(await mate.heard()).toEqual([])
  for (const one of [inner, name, outer]) await removeContainer(one)
})
