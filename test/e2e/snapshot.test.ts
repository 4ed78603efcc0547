import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../core/base/files/digest.ts'
import type { MachineSpec } from '../../core/base/model/machine-spec.ts'
import { eventually } from '../../core/build/testing/expect.ts'
import type { SnapshotRecord } from '../../core/machine/snapshot/record.ts'
import { antidoteJson, imageDirectory, must } from './cli.ts'
import { Container, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import type { Published } from './endpoint-image.ts'
import { makeCables } from './interfaces.ts'
import { podmanEnvironment as env, podman } from './podman.ts'

const IMAGE = 'antidotelabs/e2e-snapshot:latest'
const SETTINGS = `use: [debianEndpoint({ packages: ['lldpd', 'socat'] })],
  machine: { memory: '256M', interfaces: 3, snapshot: true },`

const cables = makeCables('aesn')
const work = temporaryDirectory()
let published: Published
/** The saved machine, and where it is in the image. */
let machine: MachineSpec
let record: SnapshotRecord

/** A file of the image, put into the test's directory. */
const copyOut = async (path: string): Promise<string> => {
  const file = join(work, path.split('/').at(-1)!)
  await must(['podman', 'create', '--replace', '--name', 'antidote-e2e-snapshot-copy', IMAGE], { env })
  await must(['podman', 'cp', `antidote-e2e-snapshot-copy:${path}`, file], { env })
  await must(['podman', 'rm', '--volumes', 'antidote-e2e-snapshot-copy'], { env })
  return file
}

const inSnapshot = (file: string): string => `/machine/${machine.saved![0]!.directory}/${file}`

beforeAll(async () => {
  const directory = imageDirectory(work, 'snapshot', SETTINGS)
  const args = ['-C', directory, 'publish', '--no-test', '--tag', IMAGE, '--load']
  const { code, ...told } = await antidoteJson<Published>(args, { env })
  if (code !== 0) throw new Error(`antidote ${args.join(' ')} ended with ${code}: ${JSON.stringify(told)}`)
  published = told
  machine = JSON.parse(readFileSync(await copyOut('/machine/machine.json'), 'utf8')) as MachineSpec
  record = JSON.parse(readFileSync(await copyOut(inSnapshot('snapshot.json')), 'utf8')) as SnapshotRecord
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

/** The addresses that a guest shows for its NICs, by two ways. */
const shown = async (container: Container): Promise<string[][]> => [
  (await container.guest("ip -br link | sed -n 's/^eth[0-9]* .*\\(52:54[:0-9a-f]*\\) .*/\\1/p'")).split('\n'),
  (await container.guest('cat /sys/class/net/eth[0-9]/address')).split('\n'),
]

const reasonOf = async (container: Container): Promise<string> => {
  const { snapshot } = await container.status()
  if (!snapshot || snapshot.restored) throw new Error(`${container.name} was restored`)
  return snapshot.reason
}

test('the saved machine is a layer of the image, and was proven with it', () => {
  expect(published.layers.map(({ role }) => role)).toEqual(['runtime', 'disk', 'snapshot', 'machine'])
  expect(record.sentinels).toHaveLength(4)
  expect(record.proof).toMatchObject({
    version: 1,
    machines: [{ began: 'restored' }, { began: 'restored' }, { began: 'booted' }],
    neighbours: { checked: expect.arrayContaining(['restored one → restored two', 'booted → restored one']) },
  })
  for (const { addresses } of record.proof!.machines) expect(addresses).toHaveProperty('checked')
})

describe('two side by side', () => {
  const nodes: Container[] = []

  beforeAll(async () => {
    const [bridge, jumbo] = [await cables.bridge(), await cables.bridge()]
    const files = join(work, 'lesson')
    mkdirSync(files, { mode: 0o755 })
    writeFileSync(join(files, 'task'), 'read me')
    for (const name of ['one', 'two']) {
      const namespace = await cables.namespace()
      await cables.plug(namespace, 'net0', { bridge })
      await cables.plug(namespace, 'net1', { bridge: jumbo, mtu: 9000 })
      const args = [...JOINS, '--network', `ns:/run/netns/${namespace}`, '--hostname', `e2e-snapshot-${name}`]
      const lesson = ['--volume', `${files}:/antidote`]
      // a name that is asked for, and the image's own
      const named = name === 'two' ? { ANTIDOTE_HOSTNAME: 'second' } : {}
      const options = { args: [...args, ...lesson], env: named, image: IMAGE }
      nodes.push(await Container.run(`antidote-e2e-snapshot-${name}`, options))
    }
    await Promise.all(nodes.map((node) => node.ready()))
  })

  test('are restored, and say what they share', async () => {
    for (const node of nodes) {
      const { snapshot, bootMs } = await node.status()
      expect(snapshot).toMatchObject({ restored: true, identity: { ms: expect.any(Number) } })
      expect(snapshot).not.toHaveProperty('lacks')
      expect(bootMs).toBeGreaterThan(0)
      expect(node.log).toMatch(/^antidote machine: restored in \d+ ms/m)
    }
    const programs = 'the state of the programs that ran'
    const shared = await Promise.all(nodes.map(async (node) => (await node.status()).snapshot))
    expect(shared).toMatchObject([{ shared: ['host name', programs] }, { shared: [programs] }])
    for (const node of nodes)
      expect(node.log).toMatch(/took an identity of its own in \d+ ms[\s\S]*antidote machine: ready/)
  })

  test('have the right time, before anything else sets it', async () => {
    for (const node of nodes) {
      const before = Date.now() / 1000
      const told = Number(await node.guest('date +%s.%N'))
      expect(told).toBeGreaterThan(before - 2)
      expect(told).toBeLessThan(Date.now() / 1000 + 2)
    }
  })

  test('are somebody each: host keys as served, machine-id, name, random numbers', async () => {
    const all: string[] = []
    for (const node of nodes) {
      const keys = (await node.guest("ssh-keyscan 127.0.0.1 2>/dev/null | grep -v '^#'")).split('\n')
      expect(keys).toHaveLength(2)
      const files = await node.guest('cut -d" " -f2 /etc/ssh/ssh_host_*_key.pub')
      for (const key of keys) expect(files).toContain(key.split(' ')[2])
      all.push(
        ...keys,
        await node.guest('cat /etc/machine-id'),
        await node.guest('head -c 16 /dev/urandom | base64'),
      )
      expect(await node.guest('sudo dmesg')).toContain('crng reseeded due to virtual machine fork')
    }
    expect(all.at(-2)).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(all).size).toBe(all.length)
    const names = await Promise.all(nodes.map((node) => node.guest('hostname; cat /etc/hostname')))
    expect(names).toEqual(['snapshot\nsnapshot', 'second\nsecond'])
  })

  test('have the MTU of their interfaces, and send such frames', async () => {
    const [one, two] = nodes as [Container, Container]
    for (const node of nodes)
      expect(await node.guest('cat /sys/class/net/eth[123]/mtu')).toBe('1500\n9000\n1500')
    await one.guest('sudo ip address add 10.4.0.1/24 dev eth2')
    await two.guest('sudo ip address add 10.4.0.2/24 dev eth2')
    await one.ping('10.4.0.2', '-M do -s 8972')
    await two.ping('10.4.0.1', '-M do -s 8972')
  })

  test('have addresses of their own, everywhere', async () => {
    const all: string[] = []
    for (const node of nodes) {
      const [link, files] = await shown(node)
      expect(link).toHaveLength(4)
      expect(files).toEqual(link)
      expect((await node.status()).interfaces.map(({ mac }) => mac)).toEqual(link!.slice(1))
      all.push(...link!, await node.guest('cat /sys/class/net/bond0/address 2>/dev/null || hostname -I'))
    }
    expect(new Set([...all, ...record.sentinels]).size).toBe(all.length + record.sentinels.length)
  })

  test('lose the link of what the container does not have', async () => {
    for (const node of nodes) {
      expect(await node.guest('cat /sys/class/net/eth1/carrier')).toBe('1')
      expect(await node.guest('cat /sys/class/net/eth3/carrier')).toBe('0')
    }
  })

  test('reach each other over IPv4 and IPv6', async () => {
    const [one, two] = nodes as [Container, Container]
    await one.guest('sudo ip address add 10.3.0.1/24 dev eth1')
    await two.guest('sudo ip address add 10.3.0.2/24 dev eth1')
    await one.ping('10.3.0.2')
    const address = (await two.guest('ip -6 -br address show dev eth1')).match(/fe80[^/]*/)![0]
    await one.ping(`${address}%eth1`, '-6')
    const [link] = await shown(two)
    expect(await one.guest('ip neighbour show 10.3.0.2')).toContain(link![1])
  })

  test('see each other by LLDP, under different names of their chassis', async () => {
    const [one, two] = nodes as [Container, Container]
    const chassis = (text: string) => text.match(/ChassisID: +mac (\S+)/)?.[1]
    const own = chassis(await two.guest('sudo lldpcli show chassis'))
    expect(own).toBeDefined()
    await eventually(async () => {
      await two.guest('sudo lldpcli update')
      expect(chassis(await one.guest('sudo lldpcli show neighbors ports eth1'))).toBe(own)
    }, 60_000)
  })

  test('mount their lesson files', async () => {
    for (const node of nodes)
      await eventually(async () => expect(await node.guest('cat /antidote/task')).toBe('read me'), 30_000)
  })
})

describe('a cold boot, and why', () => {
  const cold = async (
    name: string,
    args: string[],
    variables: Record<string, string> = {},
  ): Promise<string> => {
    const options = { args, env: variables, image: IMAGE }
    const container = await (await Container.run(`antidote-e2e-snapshot-${name}`, options)).ready()
    const reason = await reasonOf(container)
    expect(container.log).toContain(reason)
    expect((await container.antidote('status')).stdout).toContain(`not used: ${reason}`)
    const [link] = await shown(container)
    for (const sentinel of record.sentinels) expect(link).not.toContain(sentinel)
    await container.remove()
    return reason
  }
  const over = (file: string, name: string) => ['--volume', `${file}:${inSnapshot(name)}:ro`]

  /** The image with another record of its saved machine, as if it had been published so. */
  const recordedAs = (name: string, other: SnapshotRecord, accelerator: 'tcg' | 'kvm' = 'tcg'): string[] => {
    const text = JSON.stringify(other)
    const saved = [{ ...machine.saved![0]!, accelerator, sha256: sha256(text) }]
    const [json, spec] = [join(work, `${name}.json`), join(work, `${name}-machine.json`)]
    writeFileSync(json, text)
    writeFileSync(spec, JSON.stringify({ ...machine, saved }))
    return [...over(json, 'snapshot.json'), '--volume', `${spec}:/machine/machine.json:ro`]
  }

  test('a damaged device state', async () => {
    const file = await copyOut(inSnapshot('state'))
    const bytes = readFileSync(file)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(file, bytes)
    expect(await cold('damaged', over(file, 'state'))).toContain('/state is not as it was written')
  })

  test('a device state that is whole, and that QEMU does not take', async () => {
    const bytes = readFileSync(await copyOut(inSnapshot('state')))
    bytes.write('virtio-not', bytes.indexOf('virtio-net'))
    const file = join(work, 'refused-state')
    writeFileSync(file, bytes)
    const args = recordedAs('refused', { ...record, state: { ...record.state, sha256: sha256(bytes) } })
    const all = [...args, ...over(file, 'state')]
    expect(await cold('refused', all)).toMatch(/^QEMU does not take the saved machine: .*virtio-not/)
  })

  test('a truncated memory', async () => {
    const file = join(work, 'short')
    writeFileSync(file, Buffer.alloc(1 << 20))
    expect(await cold('short', over(file, 'ram'))).toContain('/ram is not as it was written')
  })

  test('a record of something else', async () => {
    const file = join(work, 'record')
    writeFileSync(file, JSON.stringify({ ...record, qemu: '1.0.0' }))
    expect(await cold('record', over(file, 'snapshot.json'))).toContain(
      'snapshot.json is not as it was written',
    )
  })

  test.for<[string, Partial<SnapshotRecord>, string]>([
    ['qemu', { qemu: '9.2.0' }, 'The machine was saved by QEMU 9.2.0, and this is QEMU 10.'],
    [
      'type',
      { hardware: { machine: 'pc-q35-9.2' } as never },
      'it was saved as pc-q35-9.2, and is to run as',
    ],
    [
      'cpu',
      { hardware: { cpu: 'Nehalem' } as never },
      'it was saved with the CPU model Nehalem, and is to run',
    ],
  ])('another %s', async ([name, change, reason]) => {
    const other = { ...record, ...change, hardware: { ...record.hardware, ...change.hardware } }
    expect(await cold(name, recordedAs(name, other))).toContain(reason)
  })

  test('another accelerator', async () => {
    expect(await cold('kvm', recordedAs('kvm', record, 'kvm'))).toBe(
      'it was saved under KVM, and is to run under TCG',
    )
  })

  test('another number of CPUs', async () => {
    expect(await cold('cpus', [], { ANTIDOTE_CPUS: '2' })).toBe(
      'it was saved with 1 CPU, and is to run with 2 CPUs',
    )
  })

  test('another size of memory', async () => {
    expect(await cold('memory', [], { ANTIDOTE_MEMORY: '320M' })).toBe(
      'it was saved with 256 MiB of memory, and is to run with 320 MiB of memory',
    )
  })

  test('changes that are kept', async () => {
    expect(await cold('persist', [], { ANTIDOTE_PERSIST: '1' })).toContain('ANTIDOTE_PERSIST')
  })

  test('which takes a name as it always did', async () => {
    const options = { env: { ANTIDOTE_PERSIST: '1', ANTIDOTE_HOSTNAME: 'other' }, image: IMAGE }
    const container = await (await Container.run('antidote-e2e-snapshot-name', options)).ready()
    expect(await container.guest('hostname')).toBe('other')
    await container.remove()
  })
})
