import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../../core/build/testing/expect.ts'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { makeCables } from './interfaces.ts'
import { podmanEnvironment as env, podman } from './podman.ts'

const LANS = [1, 2, 3]
const cables = makeCables('aeclone')
const work = temporaryDirectory()

const imageOf = (name: string, nic: string): string =>
  imageDirectory(
    work,
    name,
    `use: [debianEndpoint({ packages: ['lldpd'] })],
     machine: { memory: '512M', interfaces: ${LANS.length}, nic: '${nic}', snapshot: true },`,
  )

/** What a guest shows of itself. */
interface Facts {
  /** By card: its MAC address and its link-local IPv6 address. */
  cards: Record<string, { mac: string; local: string }>
  /** All its MAC addresses, of bonds and the like too, which it made up. */
  macs: string[]
  keys: string[]
  lesson: string
}

const LOOK = `for one in /sys/class/net/eth*; do
  card=\${one##*/}
  echo "card $card $(cat $one/address) $(ip -6 -brief address show dev $card scope link | grep -o 'fe80[^/]*')"
done
sed 's/^/mac /' /sys/class/net/*/address
cat /etc/ssh/ssh_host_*_key.pub | while read -r kind key rest; do echo "key $key"; done
echo "lesson $(cat /antidote/task)"`

const factsOf = async (node: Container): Promise<Facts> => {
  const facts: Facts = { cards: {}, macs: [], keys: [], lesson: '' }
  for (const line of (await node.guest(LOOK)).split('\n')) {
    const [what, one = '', mac = '', local = ''] = line.split(' ')
    if (what === 'card') facts.cards[one] = { mac, local }
    if (what === 'mac' && /^(?!(00:){5}00)(..:){5}..$/.test(one)) facts.macs.push(one)
    if (what === 'key') facts.keys.push(one)
    if (what === 'lesson') facts.lesson = one
  }
  return facts
}

/** RFC 4291, appendix A, in the short form in which `ip` shows it. */
const linkLocal = (mac: string): string => {
  const [a, b, c, d, e, f] = mac.split(':').map((part) => Number.parseInt(part, 16)) as number[]
  const groups = [(a! ^ 2) * 256 + b!, c! * 256 + 0xff, 0xfe00 + d!, e! * 256 + f!]
  return `fe80::${groups.map((group) => group.toString(16)).join(':')}`
}

const unique = (values: readonly string[]) => expect(new Set(values).size).toBe(values.length)

describe.each([
  ['virtio-net-pci', 8],
  ['e1000', 8],
])('containers of one image with %s cards', (nic, count) => {
  const tag = `antidotelabs/e2e-clones-${nic}:latest`
  const nodes: Container[] = []
  let facts: Facts[] = []
  const others = <T>(own: number, of: (facts: Facts) => T): T[] => facts.filter((_, at) => at !== own).map(of)

  beforeAll(async () => {
    const image = imageOf(`clones-${nic}`, nic)
    const args = ['-C', image, 'publish', '--no-test', '--load', '--tag', tag]
    const published = await antidoteJson(args, { env })
    if (published.code !== 0) throw new Error(`antidote ${args.join(' ')}: ${JSON.stringify(published)}`)
    const bridges = await Promise.all(LANS.map(() => cables.bridge()))
    for (let n = 1; n <= count; n++) {
      const lesson = join(work, `lesson-${n}`)
      mkdirSync(lesson, { recursive: true })
      writeFileSync(join(lesson, 'task'), `task-${n}`)
      const namespace = await cables.namespace()
      for (const [at, bridge] of bridges.entries()) await cables.plug(namespace, `net${at}`, { bridge })
      const network = ['--network', `ns:/run/netns/${namespace}`, '--hostname', `e2e-clone-${nic}-${n}`]
      const options = { args: [...JOINS, ...network, '--volume', `${lesson}:/antidote`], image: tag }
      const node = await Container.run(`antidote-e2e-clone-${nic}-${n}`, options)
      nodes.push(node)
      // one after the other: eight at once on two processors are too slow for the deadlines of each
      await node.until(/^antidote machine: took an identity of its own/m)
    }
    await Promise.all(nodes.map((node) => node.ready()))
    // an IPv6 address can be used once nobody has claimed it, lesson files once their device was plugged in
    const settled = async (node: Container): Promise<Facts> => {
      let found: Facts | undefined
      await eventually(async () => {
        found = await factsOf(node)
        expect(found.lesson).not.toBe('')
        for (const { local } of Object.values(found.cards)) expect(local).not.toBe('')
      }, 120_000)
      return found!
    }
    facts = []
    for (const node of nodes) facts.push(await settled(node))
  })
  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.remove()))
    await podman('rmi', '--force', '--ignore', tag)
  })

  test('are all restored', async () => {
    for (const node of nodes) expect((await node.status()).snapshot).toMatchObject({ restored: true })
  })

  test('have MAC addresses, IPv6 addresses and host keys of their own', () => {
    const cards = facts.flatMap((each) => Object.values(each.cards))
    expect(cards).toHaveLength(count * (LANS.length + 1))
    const macs = facts.flatMap((each) => each.macs)
    expect(macs).toEqual(expect.arrayContaining(cards.map(({ mac }) => mac)))
    unique(macs)
    expect(cards.map(({ local }) => local)).toEqual(cards.map(({ mac }) => linkLocal(mac)))
    const keys = facts.flatMap((each) => each.keys)
    expect(keys.length).toBeGreaterThanOrEqual(count)
    unique(keys)
  })

  test('have lesson files of their own', () => {
    expect(facts.map(({ lesson }) => lesson)).toEqual(nodes.map((_, at) => `task-${at + 1}`))
  })

  test('reach each other, and ARP finds the addresses that each of them has', async () => {
    const hosts = nodes.map((_, at) => at + 1)
    const addresses = (own: number) =>
      LANS.map((lan) => `sudo ip address add 10.4.${lan}.${own}/24 dev eth${lan}`).join(' && ')
    const script = `set -eu
for at in ${LANS.flatMap((lan) => hosts.map((host) => `10.4.${lan}.${host}`)).join(' ')}; do
  (
    for try in 1 2 3; do
      ! ping -q -c 1 -W 20 $at >/dev/null || exit 0
    done
    echo "no answer from $at"
  ) &
done
wait
ip -4 neighbour show | sed -n 's/^\\(10\\.4\\.[0-9.]*\\) dev eth[0-9] lladdr \\([0-9a-f:]*\\) .*/\\1 \\2/p' | sort`
    for (const [at, node] of nodes.entries()) await node.guest(addresses(at + 1))
    const said: string[] = []
    for (const node of nodes) said.push(await node.guest(script))
    for (const [own, text] of said.entries()) {
      const expected = LANS.flatMap((lan) =>
        hosts
          .filter((host) => host !== own + 1)
          .map((host) => `10.4.${lan}.${host} ${facts[host - 1]!.cards[`eth${lan}`]!.mac}`),
      )
      expect(text.split('\n')).toEqual(expected.sort())
    }
  })

  test('see each other by LLDP under the addresses that each of them has', async () => {
    const seen = async (own: number) => {
      await nodes[own]!.guest('sudo lldpcli update')
      const text = await nodes[own]!.guest('sudo lldpcli -f keyvalue show neighbors')
      const all = (what: string, lan: number) =>
        [...text.matchAll(new RegExp(`^lldp\\.eth${lan}\\.${what}\\.mac=(.*)$`, 'gm'))].map(([, mac]) => mac!)
      for (const lan of LANS) {
        expect(all('port', lan).sort()).toEqual(others(own, ({ cards }) => cards[`eth${lan}`]!.mac).sort())
        const chassis = all('chassis', lan)
        expect(chassis).toHaveLength(count - 1)
        for (const macs of others(own, (each) => each.macs))
          expect(chassis.filter((mac) => macs.includes(mac))).toHaveLength(1)
      }
    }
    for (const own of nodes.keys()) await eventually(() => seen(own), 90_000)
  })
})
