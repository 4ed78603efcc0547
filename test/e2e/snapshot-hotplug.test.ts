import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../../core/build/testing/expect.ts'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { makeCables } from './interfaces.ts'
import { podmanEnvironment as env, podman } from './podman.ts'

const IMAGE = 'antidotelabs/e2e-hotplug:latest'
const work = temporaryDirectory()
const cables = makeCables('aehp')

/** The image of snapshot.test.ts: two data cards, and room for more. */
beforeAll(async () => {
  const settings = `use: [debianEndpoint({ packages: ['lldpd', 'socat'] })],
  machine: { memory: '256M', interfaces: 2, snapshot: true },`
  const directory = imageDirectory(work, 'snapshot', settings)
  const args = [
    '-C',
    directory,
    'publish',
    '--no-test',
    '--output',
    `${work}/layout`,
    '--tag',
    IMAGE,
    '--load',
  ]
  const { code, ...told } = await antidoteJson<object>(args, { env })
  if (code !== 0) throw new Error(`antidote ${args.join(' ')} ended with ${code}: ${JSON.stringify(told)}`)
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

/** The addresses of a guest's data cards by its own names, and of its slots. */
const shown = async (container: Container) => ({
  cards: (await container.guest('cat /sys/class/net/eth[1-9]/address')).split('\n'),
  slots: (await container.status()).interfaces.map(({ mac }) => mac),
})

const reaches = async (from: Container, to: Container, card: string, network: string) => {
  await from.guest(`sudo ip address replace ${network}.1/24 dev ${card}`)
  await to.guest(`sudo ip address replace ${network}.2/24 dev ${card}`)
  await from.ping(`${network}.2`)
}

describe('more cards than were saved', () => {
  const namespaces: string[] = []
  const nodes: Container[] = []
  const bridges: string[] = []

  /** One with four interfaces, and one that gets its third and fourth later. */
  beforeAll(async () => {
    for (let count = 0; count < 4; count++) bridges.push(await cables.bridge())
    for (const [name, count] of [
      ['four', 4],
      ['two', 2],
    ] as const) {
      const namespace = await cables.namespace()
      namespaces.push(namespace)
      for (let index = 0; index < count; index++)
        await cables.plug(namespace, `net${index}`, { bridge: bridges[index]! })
      const args = [...JOINS, '--network', `ns:/run/netns/${namespace}`, '--hostname', `e2e-hotplug-${name}`]
      nodes.push(await Container.run(`antidote-e2e-hotplug-${name}`, { args, image: IMAGE }))
    }
    await Promise.all(nodes.map((node) => node.ready()))
  })

  test('are plugged in when the machine is restored, in slot order, and are up', async () => {
    const [four] = nodes as [Container, Container]
    expect((await four.status()).snapshot).toMatchObject({ restored: true })
    await eventually(async () => {
      const { cards, slots } = await shown(four)
      expect(slots).toHaveLength(4)
      expect(cards).toEqual(slots)
    }, 60_000)
    for (const card of ['eth3', 'eth4'])
      await eventually(async () => expect(await four.guest(`cat /sys/class/net/${card}/carrier`)).toBe('1'))
  })

  test('are plugged in when their interfaces come while it runs', async () => {
    const [four, two] = nodes as [Container, Container]
    expect((await shown(two)).cards).toHaveLength(2)
    for (const index of [2, 3]) await cables.plug(namespaces[1]!, `net${index}`, { bridge: bridges[index]! })
    await eventually(async () => {
      const { cards, slots } = await shown(two)
      expect(slots).toHaveLength(4)
      expect(cards).toEqual(slots)
    }, 60_000)
    await reaches(four, two, 'eth3', '10.7.3')
    await reaches(four, two, 'eth4', '10.7.4')
    await reaches(four, two, 'eth2', '10.7.2')
  })

  test('are more than there is room for, and the machine boots and says why', async () => {
    const namespace = await cables.namespace()
    for (let index = 0; index < 11; index++)
      await cables.plug(namespace, `net${index}`, { bridge: bridges[0]! })
    const args = [...JOINS, '--network', `ns:/run/netns/${namespace}`]
    const container = await Container.run('antidote-e2e-hotplug-many', { args, image: IMAGE })
    await container.ready()
    expect((await container.status()).snapshot).toEqual({
      restored: false,
      reason: 'it was saved with 2 interfaces and room for 8 more, and is to run with 11 interfaces',
    })
    expect(await container.guest('ls -d /sys/class/net/eth[0-9]* | wc -l')).toBe('12')
  })
})
