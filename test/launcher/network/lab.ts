import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { run, start } from '../../../core/base/process/run.ts'
import type { Network, NetworkSettings } from '../../../core/launcher/network/network.ts'
import { type Child, startChild } from '../../support/child.ts'

const WIRE = fileURLToPath(new URL('./children/wire.py', import.meta.url))

const LEASE = fileURLToPath(new URL('./children/lease.sh', import.meta.url))

let count = 0

/** The settings of a network, with what names interfaces as text. */
export interface Given extends Partial<Omit<NetworkSettings, 'management' | 'order'>> {
  hostname?: string
  management?: string
  order?: string[]
}

/** A launcher's network in a namespace of its own. */
export interface Launcher extends Child {
  /** What it said of a kind after `from` lines of that kind. */
  lines(kind: string): string[]
}

interface PrintedLink {
  ifname: string
  mtu: number
  flags: string[]
  operstate: string
  address: string
}

/** Network namespaces for one test, removed with it: `container`, `peer` at the other end of its links, `guest`. */
export const makeLab = async () => {
  const prefix = `antidote${process.pid}-${count++}`
  const names = ['container', 'peer', 'guest'] as const
  type Place = (typeof names)[number]
  const at = (place: Place) => `${prefix}-${place}`
  onTestFinished(async () => {
    for (const name of names) {
      // what a killed launcher left would keep the namespace
      const { stdout } = await run(['ip', 'netns', 'pids', at(name)], { allowFailure: true })
      for (const pid of stdout.split('\n').filter(Boolean))
        await run(['kill', '-KILL', pid], { allowFailure: true })
      await run(['ip', 'netns', 'del', at(name)], { allowFailure: true })
    }
  })
  for (const name of names) await run(['ip', 'netns', 'add', at(name)])

  const exec = async (place: Place, ...argv: string[]): Promise<string> =>
    (await run(['ip', 'netns', 'exec', at(place), ...argv])).stdout
  const ip = (place: Place, text: string) => run(['ip', '-n', at(place), ...text.split(' ')])

  /** Interfaces of a namespace, as `ip` shows them. */
  const linksIn = async (place: Place): Promise<PrintedLink[]> =>
    JSON.parse(await exec(place, 'ip', '-json', 'link'))

  /** Links of the container, each to an interface of the peer with the same name. */
  const link = async (...links: string[]) => {
    for (const name of links) {
      await ip('container', `link add ${name} type veth peer name ${name} netns ${at('peer')}`)
      await ip('peer', `link set ${name} up`)
      await ip('container', `link set ${name} up`)
    }
    // the kernel tells a new carrier a little later
    const states = async () => (await linksIn('container')).filter(({ ifname }) => links.includes(ifname))
    await expect.poll(async () => (await states()).every(({ operstate }) => operstate === 'UP')).toBe(true)
  }

  const launch = (settings: Given = {}, wrapper: string[] = []): Launcher => {
    const child = startChild(
      new URL('./children/open.ts', import.meta.url),
      [JSON.stringify(settings)],
      [...['ip', 'netns', 'exec', at('container')], ...wrapper],
    )
    const lines = (kind: string) =>
      child
        .output()
        .split('\n')
        .filter((line) => line.startsWith(`${kind} `))
        .map((line) => line.slice(kind.length + 1))
    return { ...child, lines }
  }

  const python = async (place: Place, ready: string, ...argv: string[]) => {
    const child = start(['ip', 'netns', 'exec', at(place), 'python3', WIRE, ...argv])
    const ended = child.then(() => {})
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk) => {
        output += chunk
        if (output.includes(ready)) resolve()
      })
      ended.then(() => reject(new Error(`wire.py ended: ${output}`)))
    })
    return { ended, output: () => output }
  }

  /** Plugs an interface of the guest's namespace into each tap, as QEMU does. */
  const plug = async (taps: Record<string, string>, mtu = 1500) => {
    const pairs = Object.entries(taps).map(
      ([tap, name]) => `${at('container')}:${tap}=${at('guest')}:${name}`,
    )
    await python('container', 'relaying', 'relay', ...pairs)
    for (const name of Object.values(taps)) await ip('guest', `link set ${name} mtu ${mtu} up`)
  }

  /** Asks for an address on an interface of the guest, and takes it. */
  const lease = (name: string, ...options: string[]) =>
    exec('guest', 'busybox', 'udhcpc', '-f', '-n', '-q', '-t', '3', '-i', name, '-s', LEASE, ...options)

  /** Sends one frame and gives what arrives elsewhere: its destination and length. */
  const frame = async (
    [from, fromName]: [Place, string],
    [to, toName]: [Place, string],
    destination: string,
    ethertype: string,
    size: number,
  ): Promise<string> => {
    const receiver = await python(to, 'listening', 'receive', toName, ethertype)
    await exec(from, 'python3', WIRE, 'send', fromName, destination, ethertype, String(size))
    await receiver.ended
    return receiver.output().split('received ')[1]!.trim()
  }

  return { at, exec, ip, link, launch, plug, lease, frame, links: linksIn }
}

/** A set of namespaces and what can be done in them. */
export type Lab = Awaited<ReturnType<typeof makeLab>>

/** What a launcher's network was when it had been opened. */
export const opened = async (launcher: Launcher) => {
  await launcher.said('open ')
  return JSON.parse(launcher.lines('open')[0]!) as Pick<Network, 'slots' | 'management'> & { ms: number }
}

/** A wrapper that takes these capabilities away from root. */
export const without = (...capabilities: string[]): string[] => [
  'setpriv',
  `--bounding-set=${capabilities.map((name) => `-${name}`).join()}`,
  `--inh-caps=${capabilities.map((name) => `-${name}`).join()}`,
]

/** A wrapper that leaves root only these capabilities. */
export const only = (...capabilities: string[]): string[] => {
  const set = ['-all', ...capabilities.map((name) => `+${name}`)].join()
  return ['setpriv', `--bounding-set=${set}`, `--inh-caps=${set}`]
}
