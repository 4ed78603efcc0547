import { setTimeout as pause } from 'node:timers/promises'
import { Cables, inside, type Place } from '../e2e/cables.ts'
import { command, must } from '../e2e/cli.ts'
import { middle, type Row } from './measure.ts'
import { type Podman, withChannels } from './podman.ts'

const RUNS = 3
const SECONDS = 5
const JOINS = ['--cap-add', 'NET_ADMIN', '--device', '/dev/net/tun']
const PASSWORD = 'antidotepassword'

/** Two guests on one wire: where their SSH answers. */
type Pair = readonly { place: Place; port: number }[]

/** A command in a guest, by the SSH client that people use. */
const inGuest = ({ place, port }: Pair[number], script: string): string[] => {
  const settings = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'ConnectTimeout=20',
  ]
  const options = settings.flatMap((setting) => ['-o', setting])
  return inside(place, ['sshpass', '-e', 'ssh', '-p', String(port), ...options, 'antidote@127.0.0.1', script])
}

const env = { ...process.env, SSHPASS: PASSWORD }
const guest = (where: Pair[number], script: string): Promise<string> => must(inGuest(where, script), { env })

/** Gives both guests an address, and the first one a server. */
const prepare = async (pair: Pair): Promise<void> => {
  for (const [index, where] of pair.entries())
    await guest(where, `sudo ip address add 10.5.0.${index + 1}/24 dev eth1`)
  await guest(pair[0]!, 'iperf3 --server --daemon')
}

/** Bits in a second from the second guest to the first. */
const measure = async (pair: Pair): Promise<number> => {
  const text = await guest(pair[1]!, `iperf3 --client 10.5.0.1 --time ${SECONDS} --json`)
  return (JSON.parse(text) as { end: { sum_received: { bits_per_second: number } } }).end.sum_received
    .bits_per_second
}

/** Two containers, each joined to a bridge of this host by a cable. */
const containers = async (podman: Podman, cables: Cables, tag: string) => {
  const bridge = await cables.bridge()
  const names = ['antidote-bench-1', 'antidote-bench-2']
  const places: number[] = []
  const all = names.map((name) =>
    podman.run(name, ...JOINS, '--network', 'none', '--env', 'CLAB_INTFS=1', tag),
  )
  for (const [index, running] of all.entries()) {
    await running.until(/interfaces: waiting/, 60)
    const pid = podman.process(names[index]!, 'node')
    await cables.plug(pid, 'net0', { bridge })
    places.push(pid)
  }
  for (const running of all) await running.until(/^antidote machine: ready/m, 240)
  return {
    pair: places.map((place) => ({ place, port: 22 })),
    argvs: names.map((name) => podman.qemuArguments(name)),
  }
}

/** The very same guests without a launcher, their taps ports of one bridge. */
const plain = async (
  podman: Podman,
  cables: Cables,
  tag: string,
  argvs: readonly string[][],
): Promise<Pair> => {
  const place = await cables.namespace()
  const ip = (...words: string[]) => must(inside(place, ['ip', ...words]))
  await ip('link', 'add', 'br0', 'type', 'bridge')
  await ip('link', 'set', 'br0', 'up')
  const pair = []
  for (const [index, argv] of argvs.entries()) {
    const tap = `tap${index}`
    await ip('tuntap', 'add', 'dev', tap, 'mode', 'tap', 'vnet_hdr')
    await ip('link', 'set', tap, 'master', 'br0', 'up')
    const port = 2201 + index
    const words = withChannels(argv, { control: 'null', console: 'stdio', channel: 'null' }).map((word) =>
      word
        .replace(/^(tap,id=link1,ifname=)[^,]+/, `$1${tap}`)
        .replace(/(hostfwd=tcp:)[\d.]+:22-/, `$1127.0.0.1:${port}-`),
    )
    const network = ['--network', `ns:/run/netns/${place}`, '--entrypoint', 'qemu-system-x86_64']
    const running = podman.run(`antidote-bench-plain-${index}`, ...JOINS, ...network, tag, ...words)
    await running.until(/login:/, 240)
    pair.push({ place, port })
  }
  for (const where of pair) {
    // sshd begins beside the login prompt
    while ((await command(inGuest(where, 'true'), { env })).code !== 0) await pause(500)
  }
  return pair
}

/** How fast two guests talk through the launcher's joints, against the same guests on a plain bridge. */
export const throughputRows = async (podman: Podman, tag: string): Promise<Row[]> => {
  const cables = new Cables('aebench')
  await cables.sweep()
  try {
    const { pair, argvs } = await containers(podman, cables, tag)
    const bare = await plain(podman, cables, tag, argvs)
    await prepare(pair)
    await prepare(bare)
    const rates = { joined: [] as number[], bare: [] as number[] }
    // by turns, so that what else the host does meets both
    for (let run = 0; run < RUNS; run++) {
      rates.joined.push(await measure(pair))
      rates.bare.push(await measure(bare))
    }
    const [joined, plainRate] = [middle(rates.joined), middle(rates.bare)]
    const mega = (rate: number) => `${Math.round(rate / 1e6)} Mbit/s`
    return [
      {
        what: 'throughput guest to guest / on a plain bridge',
        value: `${(joined / plainRate).toFixed(2)} × (${mega(joined)} / ${mega(plainRate)})`,
        limit: '0.9 ×',
        least: true,
        ok: joined / plainRate >= 0.9,
      },
    ]
  } finally {
    podman.removeAll()
    await cables.sweep()
  }
}
