import { command, must } from './cli.ts'

/** Where an interface is to appear: in a named namespace, or that of a process. */
export type Place = string | number

interface PlugOptions {
  /** A bridge of ours that the other end is a port of. */
  bridge?: string
  /** An address with prefix length for the other end. */
  address?: string
  mtu?: number
  mac?: string
}

const ip = (...args: string[]): Promise<string> => must(['ip', ...args])

/** A command in the network of a place. */
export const inside = (place: Place, argv: string[]): string[] =>
  typeof place === 'number'
    ? ['nsenter', '-t', String(place), '-n', ...argv]
    : ['ip', 'netns', 'exec', place, ...argv]

/**
 * Bridges, namespaces and cables between this host and containers. All of them begin with the prefix, so that what
 * a killed run left can be swept as well.
 */
export class Cables {
  readonly #prefix: string
  #count = 0

  /** A prefix of at most eight characters: an interface has fifteen. */
  constructor(prefix: string) {
    this.#prefix = prefix
  }

  /** A bridge that passes LLDP (bit 14 of group_fwd_mask) and jumbo frames. Gives its name. */
  async bridge(): Promise<string> {
    const name = this.#name('b')
    await ip('link', 'add', name, 'mtu', '9000', 'type', 'bridge', 'group_fwd_mask', '16384')
    await ip('link', 'set', name, 'mtu', '9000', 'up')
    return name
  }

  /** A network namespace. Gives its name; `podman run --network ns:/run/netns/<name>` runs a container in it. */
  async namespace(): Promise<string> {
    const name = this.#name('n')
    await ip('netns', 'add', name)
    await must(inside(name, ['ip', 'link', 'set', 'lo', 'up']))
    return name
  }

  /** Makes an interface of any name appear somewhere. Gives the name of its other end, here. */
  async plug(place: Place, name: string, options: PlugOptions = {}): Promise<string> {
    const { bridge, address, mtu = 1500, mac } = options
    const here = this.#name('v')
    const peer = ['name', name, 'mtu', String(mtu), 'netns', String(place), ...(mac ? ['address', mac] : [])]
    await ip('link', 'add', here, 'mtu', String(mtu), 'type', 'veth', 'peer', ...peer)
    if (bridge) await ip('link', 'set', here, 'master', bridge)
    if (address) await ip('address', 'add', address, 'dev', here)
    await ip('link', 'set', here, 'up')
    await must(inside(place, ['ip', 'link', 'set', name, 'up']))
    return here
  }

  /** Takes a cable away, both of its ends. */
  async unplug(here: string): Promise<void> {
    await ip('link', 'del', here)
  }

  /** The interfaces at a place: names and what `ip -json -details link` says of them. */
  async links(place: Place): Promise<{ ifname: string; address: string; mtu: number }[]> {
    return JSON.parse(await must(inside(place, ['ip', '-json', '-details', 'link']))) as never
  }

  /** The queueing disciplines at a place that are not the kernel's own. */
  async filters(place: Place): Promise<string[]> {
    const listed = await must(inside(place, ['tc', 'qdisc', 'show']))
    return listed.split('\n').filter((line) => /ingress|clsact/.test(line))
  }

  #name(kind: string): string {
    this.#count++
    return `${this.#prefix}${kind}${this.#count}`
  }

  /** Takes everything away that begins with the prefix. */
  async sweep(): Promise<void> {
    const mine = (text: string) =>
      (JSON.parse(text || '[]') as { ifname?: string; name?: string }[])
        .map(({ ifname, name }) => ifname ?? name ?? '')
        .filter((name) => name.startsWith(this.#prefix))
    // the other end of a cable goes with it, or with its namespace
    for (const name of mine(await ip('-json', 'link'))) await command(['ip', 'link', 'del', name])
    for (const name of mine(await ip('-json', 'netns'))) await command(['ip', 'netns', 'del', name])
  }
}
