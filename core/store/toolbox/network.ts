import { fileURLToPath } from 'node:url'
import { errors } from '../../base/errors/catalogue.ts'
import { type Started, start } from '../../base/process/run.ts'
import { nameService } from '../namespace/name-service.ts'
import { HOST_ROOT, type StepNetwork, startIn } from '../namespace/namespace.ts'
import { answering, isIPv6Only } from './host-network.ts'
import { HOST_RESOLVER, stepResolver } from './resolver.ts'

/** With 1, steps share the host's network: for where pasta cannot give them one. */
export const HOST_NETWORK = 'ANTIDOTE_HOST_NETWORK'

/**
 * The addresses of a step and of its way out. They are no host's own, so each address of the host is reached from the
 * outside, where a server on its loopback does not listen. IPv4: RFC 7335; IPv6: RFC 4193.
 */
const INSIDE = { 4: '192.0.0.2', 6: 'fd61:6e74:6964::2' }
const OUTSIDE = { 4: '192.0.0.1', 6: 'fd61:6e74:6964::1' }

const HOLD = fileURLToPath(new URL('./hold.pl', import.meta.url))

/** Where pasta finds the namespace that it connects. */
const AT = '/run/network'

/**
 * Runs pasta. Prints a number when it forwards, and a word when it has failed. Where the host has a pasta of its own, an
 * AppArmor profile for /usr/bin/pasta confines that one, by paths that are not here.
 */
const RUN = `cp /usr/bin/pasta* /run
mkfifo /run/ready
exec 3<>/run/ready
{ "$@" --pid /run/ready || echo failed >/run/ready; } &
read -r ready <&3
echo "$ready"
wait`

const isRoot = () => process.getuid?.() === 0

/** Starts a process in a user and a network namespace of its own. It ends with this one, and they with it. */
const hold = (closed: readonly string[]): Started => {
  const users = ['--user', '--map-root-user', ...(isRoot() ? [] : ['--map-auto'])]
  const argv = ['setsid', 'setpriv', '--pdeathsig', 'KILL', 'unshare', ...users, '--net', 'perl', HOLD]
  return start([...argv, ...closed], { title: 'unshare' })
}

/** Starts pasta, which connects the namespaces of a process to the outside. */
const connect = (tools: readonly string[], pid: number, options: readonly string[]): Started => {
  const operations = [{ tools }, { bind: `/proc/${pid}/ns/net`, at: AT }, { device: 'net/tun' }]
  const argv = [
    '/run/pasta',
    '--foreground',
    '--quiet',
    '--config-net',
    '--netns-only',
    '--netns',
    AT,
    ...options,
  ]
  return startIn(
    { operations, network: 'host', users: pid, connects: true },
    ['sh', '-c', RUN, 'sh', ...argv],
    { title: 'pasta' },
  )
}

/** Waits for the number that a command says when it has begun; the command keeps running as long as this process. Throws STEP_NETWORK_FAILED. */
const begun = async (child: Started): Promise<void> => {
  const line = await new Promise<string>((resolve) => {
    child.stdout!.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    void child.then(() => resolve(''))
  })
  if (/^\d+$/.test(line)) return child.unref()
  const said = (await child).stderr.split('\n').map((text) => text.trim().replace(/\.$/, ''))
  throw errors.stepNetworkFailed(said.filter(Boolean).slice(-2).join('; ') || 'pasta ended')
}

const begin = async (
  tools: readonly string[],
  ports: readonly number[],
  onEnd: () => void,
): Promise<StepNetwork> => {
  const names = await nameService()
  if (process.env[HOST_NETWORK] === '1' || process.env[HOST_ROOT] === '1')
    return { names, resolver: HOST_RESOLVER }
  const { file, options } = await stepResolver(OUTSIDE)
  // pasta takes a connection before it knows whether the host does
  const there = (await answering(ports)).filter(({ on4, on6 }) => on4 || on6)
  const closed = there.flatMap(({ port, on4, on6 }) => [
    ...(on4 ? [] : [`4/${port}`]),
    ...(on6 ? [] : [`6/${port}`]),
  ])
  const holder = hold(closed)
  try {
    await begun(holder)
    const pasta = connect(tools, holder.pid!, [
      ...['--address', INSIDE[4], '--netmask', '30', '--gateway', OUTSIDE[4]],
      ...['--address', INSIDE[6], '--gateway', 'fe80::1', '--ns-ifname', 'eth0'],
      // nothing there is the host's loopback, and nothing comes in
      ...['--no-map-gw', '--tcp-ports', 'none', '--udp-ports', 'none', '--udp-ns', 'none'],
      ...['--tcp-ns', there.map(({ port }) => port).join(',') || 'none'],
      // else pasta leaves out IPv4, that of loopback too
      ...(isIPv6Only() ? ['--outbound-if4', 'lo'] : []),
      ...options,
    ])
    void pasta.then(() => {
      holder.kill()
      onEnd()
    })
    await begun(pasta)
    return { pid: holder.pid!, names, resolver: file }
  } catch (error) {
    holder.kill()
    throw error
  }
}

const networks = new Map<string, Promise<StepNetwork>>()

/**
 * A network for steps: a way out through the pasta of these tools, and from its loopback to the host's for these TCP ports
 * only. It is made once, and ends with this process. Throws STEP_NETWORK_FAILED.
 */
export const stepNetwork = (tools: readonly string[], ports: readonly number[]): Promise<StepNetwork> => {
  const name = [...tools, ...ports].join(':')
  const known = networks.get(name)
  if (known) return known
  const forget = () => void networks.delete(name)
  const made = begin(tools, ports, forget)
  networks.set(name, made)
  made.catch(forget)
  return made
}
