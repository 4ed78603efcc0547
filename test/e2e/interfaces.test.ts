import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../../core/build/testing/expect.ts'
import { must } from './cli.ts'
import { Container, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { loadEndpoint } from './endpoint-image.ts'
import { makeCables } from './interfaces.ts'

const cables = makeCables('aeif')
const work = temporaryDirectory()
beforeAll(() => loadEndpoint(work))

/** Slots with the container's interfaces in them. */
const slots = async (container: Container): Promise<Record<number, string>> =>
  Object.fromEntries(
    (await container.status()).interfaces.flatMap(({ slot, interface: name }) =>
      name ? [[slot, name]] : [],
    ),
  )

const macs = async (container: Container): Promise<string[]> =>
  (await container.status()).interfaces.map(({ mac }) => mac)

/** Runs a container in a namespace that has interfaces of these names. */
const inNamespace = async (names: readonly string[], env: Record<string, string> = {}, id = 'a') => {
  const namespace = await cables.namespace()
  for (const name of names) await cables.plug(namespace, name)
  const args = [...JOINS, '--network', `ns:/run/netns/${namespace}`, '--hostname', `e2e-${id}`]
  const container = await Container.run(`antidote-e2e-interfaces-${id}`, { args, env })
  await container.until(/^antidote machine: started/m)
  return { container, namespace }
}

describe('three in a line on two bridges', () => {
  const nodes: Container[] = []
  const [left, middle, right] = [0, 1, 2]
  const LAN = ['10.1.0', '10.2.0']

  beforeAll(async () => {
    const bridges = [await cables.bridge(), await cables.bridge()]
    const wiring = [
      [['net0', 0]],
      [
        ['net0', 0],
        ['net1', 1],
      ],
      [['net0', 1]],
    ] as [string, number][][]
    for (const [index, name] of ['left', 'middle', 'right'].entries()) {
      const container = await Container.run(`antidote-e2e-line-${name}`, {
        args: [...JOINS, '--network', 'none'],
        env: { ANTIDOTE_HOSTNAME: name, CLAB_INTFS: String(wiring[index]!.length) },
      })
      nodes.push(container)
      await container.until(/interfaces: waiting/)
      const pid = await container.pid()
      for (const [label, bridge] of wiring[index]!)
        await cables.plug(pid, label, { bridge: bridges[bridge]!, mtu: 9000 })
    }
    await Promise.all(nodes.map((node) => node.ready()))
    const address = (lan: number, host: number, dev: string) =>
      `sudo ip address add ${LAN[lan]}.${host}/24 dev ${dev}`
    await nodes[left]!.guest(`${address(0, 1, 'eth1')} && sudo ip route add ${LAN[1]}.0/24 via ${LAN[0]}.2`)
    await nodes[middle]!.guest(
      `${address(0, 2, 'eth1')} && ${address(1, 2, 'eth2')} && sudo sysctl -q -w net.ipv4.ip_forward=1`,
    )
    await nodes[right]!.guest(`${address(1, 3, 'eth1')} && sudo ip route add ${LAN[0]}.0/24 via ${LAN[1]}.2`)
  })

  test('each guest reaches its neighbour', async () => {
    const pings = [
      [left, `${LAN[0]}.2`],
      [middle, `${LAN[0]}.1`],
      [middle, `${LAN[1]}.3`],
      [right, `${LAN[1]}.2`],
    ] as const
    await Promise.all(pings.map(([from, to]) => nodes[from]!.ping(to)))
  })

  test('a frame of 9000 bytes passes whole', async () => {
    expect(await nodes[left]!.guest('cat /sys/class/net/eth1/mtu')).toBe('9000')
    expect(await nodes[left]!.ping(`${LAN[0]}.2`, '-M do -s 8972')).toContain('8980 bytes from')
  })

  test('the guest in the middle routes', async () => {
    // one hop took one off
    expect(await nodes[left]!.ping(`${LAN[1]}.3`)).toContain('ttl=63')
    await nodes[right]!.ping(`${LAN[0]}.1`, '-M do -s 8972')
  })

  test('they see their neighbours by LLDP', async () => {
    for (const node of nodes) await node.guest('sudo lldpcli update')
    const neighbours = async (index: number) => {
      const text = await nodes[index]!.guest('sudo lldpcli -f keyvalue show neighbors')
      return [...text.matchAll(/^lldp\.(eth\d+)\.chassis\.name=(\w+)$/gm)].map(([, port, name]) => [
        port,
        name,
      ])
    }
    await eventually(async () => expect(await neighbours(left)).toEqual([['eth1', 'middle']]), 60_000)
    await eventually(async () => expect(await neighbours(right)).toEqual([['eth1', 'middle']]), 60_000)
    await eventually(
      async () =>
        expect((await neighbours(middle)).sort()).toEqual([
          ['eth1', 'left'],
          ['eth2', 'right'],
        ]),
      60_000,
    )
  })
})

describe('names and gaps', () => {
  test('net0, net1 and net3 are slots 1, 2 and 4, whatever comes first; addresses are stable', async () => {
    const { container, namespace } = await inNamespace(['net3', 'net0', 'net1'])
    expect(await slots(container)).toEqual({ 1: 'net0', 2: 'net1', 4: 'net3' })
    await container.ready()
    const carriers = await container.guest('for n in 1 2 3 4; do cat /sys/class/net/eth$n/operstate; done')
    expect(carriers.split('\n')).toEqual(['up', 'up', 'down', 'up'])
    const first = await macs(container)
    expect(new Set(first).size).toBe(4)
    const seen = await container.guest('cat /sys/class/net/eth[1-4]/address')
    expect(seen.split('\n')).toEqual(first)

    await cables.plug(namespace, 'net2', { address: '10.9.3.1/24' })
    await eventually(async () =>
      expect(await slots(container)).toEqual({ 1: 'net0', 2: 'net1', 3: 'net2', 4: 'net3' }),
    )
    await container.guest('sudo ip address add 10.9.3.2/24 dev eth3')
    await container.ping('10.9.3.1')
    await container.remove()

    const same = await inNamespace(['net0'])
    expect(await macs(same.container)).toEqual(first)
    await same.container.remove()
    const other = await inNamespace(['net0'], {}, 'b')
    expect((await macs(other.container)).filter((mac) => first.includes(mac))).toEqual([])
    await other.container.remove()
  })

  test('net1 without net0 is the first, and ANTIDOTE_MAC=interface gives its own address', async () => {
    const { container, namespace } = await inNamespace(['net1', 'net2'], { ANTIDOTE_MAC: 'interface' })
    expect(await slots(container)).toEqual({ 1: 'net1', 2: 'net2' })
    const links = await cables.links(namespace)
    const own = ['net1', 'net2'].map((name) => links.find(({ ifname }) => ifname === name)!.address)
    await container.ready()
    const seen = await container.guest('cat /sys/class/net/eth[12]/address')
    expect(seen.split('\n')).toEqual(own)
    expect((await macs(container)).slice(0, 2)).toEqual(own)
    await container.remove()
  })

  test('twelve go by number, not by text', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `eth${n + 1}`)
    const { container } = await inNamespace([...names].sort())
    expect(await slots(container)).toEqual(Object.fromEntries(names.map((name, n) => [n + 1, name])))
    await container.remove()
  })

  test('thirty-two all work', async () => {
    const namespace = await cables.namespace()
    const count = 32
    for (let n = 0; n < count; n++) await cables.plug(namespace, `net${n}`, { address: `10.8.${n}.1/24` })
    const args = [...JOINS, '--network', `ns:/run/netns/${namespace}`]
    const container = await Container.run('antidote-e2e-interfaces-many', { args })
    await container.ready()
    expect(Object.keys(await slots(container))).toHaveLength(count)
    const said = await container.guest(
      `seq 1 ${count} | awk '{ print "address add 10.8." $1 - 1 ".2/24 dev eth" $1 }' | sudo ip -batch -
       for n in $(seq 1 ${count}); do
         { ping -q -c 1 -W 20 10.8.$((n - 1)).1 >/dev/null || echo eth$n does not reach its neighbour; } &
       done
       wait`,
    )
    expect(said).toBe('')
    await container.remove()
  })
})

describe('interfaces that come and go', () => {
  test('one that comes late and is waited for, goes, and is back', async () => {
    const container = await Container.run('antidote-e2e-interfaces-late', {
      args: [...JOINS, '--network', 'none'],
      env: { ANTIDOTE_INTERFACES: '2' },
    })
    await container.until(/interfaces: waiting for 2/)
    const pid = await container.pid()
    await cables.plug(pid, 'eth1', { address: '10.7.1.1/24' })
    await pause(2500)
    expect(container.log).not.toContain('machine: started')
    const here = await cables.plug(pid, 'eth2', { address: '10.7.2.1/24' })
    await container.ready()
    expect(await slots(container)).toEqual({ 1: 'eth1', 2: 'eth2' })
    const carrier = () => container.guest('cat /sys/class/net/eth2/carrier')
    const reaches = async () => {
      await eventually(async () => expect(await carrier()).toBe('1'))
      await container.ping('10.7.2.1')
    }
    await container.guest('sudo ip address add 10.7.2.2/24 dev eth2')
    await reaches()

    await cables.unplug(here)
    await eventually(async () => expect(await carrier()).toBe('0'))
    expect((await container.status()).interfaces[1]).toMatchObject({ up: false })
    await cables.plug(pid, 'eth2', { address: '10.7.2.1/24' })
    await reaches()

    // the cable is there, and the other end is switched off
    const other = await must(['ip', '-json', 'address', 'show', 'to', '10.7.2.1'])
    const [{ ifname }] = JSON.parse(other) as [{ ifname: string }]
    await must(['ip', 'link', 'set', ifname, 'down'])
    await eventually(async () => expect(await carrier()).toBe('0'))
    await must(['ip', 'link', 'set', ifname, 'up'])
    await reaches()
    await container.remove()
  })
})
