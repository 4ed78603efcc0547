import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Run, type RunOptions, run, start } from '../../base/process/run.ts'
import { quoteAll } from '../../base/text/quote.ts'
import { stepFilter } from './seccomp.ts'

const ENTER = fileURLToPath(new URL('./enter.sh', import.meta.url))

/** Capabilities by their numbers: linux/capability.h. */
const CAPABILITY = {
  chown: 0,
  dac_override: 1,
  fowner: 3,
  fsetid: 4,
  kill: 5,
  setgid: 6,
  setuid: 7,
  setpcap: 8,
  net_bind_service: 10,
  net_admin: 12,
  sys_chroot: 18,
  sys_admin: 21,
  audit_write: 29,
  setfcap: 31,
}

/** What a build step may do as root of its namespace: what package scripts need, and no more. */
const { sys_admin: MOUNT, net_admin: CONNECT, ...STEP } = CAPABILITY

/** An overlay that is written: layers below, the topmost first, and where changes go. Without layers, that is all. */
export interface Overlay {
  lower: readonly string[]
  upper: string
  work: string
}

/** One part of a private root file system. */
export type Operation =
  /** System directories of these, the topmost first. */
  | { tools: readonly string[] }
  | { host: true }
  | { tree: Overlay }
  | { view: { at: string; lower: readonly string[] } }
  | { edit: { at: string } & Overlay }
  | { bind: string; at?: string; readOnly?: boolean }
  /** A device of the host, by its path below /dev. */
  | { device: string }

/** A network for the programs of trees: network.ts. */
export interface StepNetwork {
  /** A process in its user and network namespaces; without one it is the host's network. */
  pid?: number
  /** The file that says who resolves names there. */
  resolver: string
  /** The socket of the service that resolves names as the host does. */
  names: string
}

/** A private root and what may be done in it. */
export interface Namespace {
  operations: readonly Operation[]
  /** Without it there is none. */
  network?: 'host' | StepNetwork
  /** The command is in the user namespace of this process. */
  users?: number
  /** Let the command connect networks, as pasta must; with `users`, as it has these rights there only. */
  connects?: boolean
  /** Let the command mount, as the makers of trees must. */
  mounts?: boolean
  /** The command is on the terminal of the person: it keeps its session and has /dev/tty. */
  terminal?: boolean
  environment?: Record<string, string>
  cwd?: string
  /** Runs what is asked for on standard input, as enter.sh says, and no command of its own. */
  serve?: boolean
}

/**
 * The directory that all of these are below, and their paths from there: overlayfs takes lists with commas and colons,
 * and no more than a page of them, whatever the store's own directory is called.
 */
const belowOne = (paths: readonly string[]): { base: string; below: string[] } => {
  const above = dirname(paths[0]!).split('/')
  while (!paths.every((path) => path.startsWith([...above, ''].join('/')))) above.pop()
  const base = above.join('/') || '/'
  return { base, below: paths.map((path) => relative(base, path)) }
}

/** What enter.sh is given for a stack of layers. */
const layered = (lower: readonly string[], written: readonly string[] = []): string[] => {
  const { base, below } = belowOne([...lower, ...written])
  return [base, below.slice(0, lower.length).join(':'), ...below.slice(lower.length)]
}

const words = (operation: Operation): string[] => {
  if ('tools' in operation) return ['tools', ...layered(operation.tools)]
  if ('host' in operation) return ['host']
  if ('device' in operation) return ['device', operation.device]
  if ('tree' in operation) {
    const { lower, upper, work } = operation.tree
    return ['tree', ...layered(lower, [upper, work])]
  }
  if ('edit' in operation) {
    const { at, lower, upper, work } = operation.edit
    return ['edit', at, ...layered(lower, [upper, work])]
  }
  if ('view' in operation) return ['view', operation.view.at, ...layered(operation.view.lower)]
  return [operation.readOnly ? 'robind' : 'bind', operation.bind, operation.at ?? operation.bind]
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const isRoot = () => process.getuid?.() === 0

/** With 1, the programs of trees have the rights of whoever builds: for root where the kernel gives no user namespace. */
export const HOST_ROOT = 'ANTIDOTE_WITHOUT_USER_NAMESPACE'

/** Whether programs of a tree run in it: those of packages and of people, which antidote does not vouch for. */
const isForeign = ({ operations, mounts }: Namespace): boolean =>
  mounts === true || operations.some((operation) => 'tree' in operation || 'edit' in operation)

const capabilities = ({ mounts, connects }: Namespace): number[] => [
  ...Object.values(STEP),
  ...(mounts || connects ? [MOUNT] : []),
  ...(connects ? [CONNECT] : []),
]

/** Enters the namespaces of processes that are there, and makes the others. */
const namespaces = ({ network, users }: Namespace): string[] => {
  const joined = network === 'host' ? undefined : network?.pid
  // root has rights over each network namespace, and the programs of trees are in a user namespace of their own anyway
  const owner = users ?? (isRoot() ? undefined : joined)
  const entered = [
    ...(owner ? ['--preserve-credentials', `--user=/proc/${owner}/ns/user`] : []),
    ...(joined ? [`--net=/proc/${joined}/ns/net`] : []),
  ]
  return [
    ...(entered.length > 0 ? ['nsenter', ...entered, 'setpriv', '--pdeathsig', 'KILL'] : []),
    'unshare',
    ...(network ? [] : ['--net']),
    ...(isRoot() || owner ? [] : ['--user', '--map-root-user', '--map-auto']),
  ]
}

/** The settings of the network that enter.sh receives. */
const networkWords = (network: Namespace['network']): string[] => {
  if (network === undefined) return []
  if (network === 'host') return ['network', '/etc/resolv.conf']
  return ['network', network.resolver, 'names', network.names]
}

/** The argument vector that runs `argv` in the namespace. It dies with this process. */
const enter = (namespace: Namespace, argv: readonly string[]): string[] => [
  'setpriv',
  '--pdeathsig',
  'KILL',
  ...namespaces(namespace),
  '--mount',
  '--pid',
  '--ipc',
  '--uts',
  '--fork',
  '--kill-child=KILL',
  'sh',
  ENTER,
  ...namespace.operations.flatMap(words),
  ...networkWords(namespace.network),
  ...(namespace.serve ? ['serve'] : []),
  ...(namespace.terminal ? ['terminal'] : []),
  ...(isForeign(namespace) && process.env[HOST_ROOT] !== '1' ? ['user-namespace'] : []),
  '--',
  stepFilter().toString('hex'),
  capabilities(namespace).join(','),
  namespace.cwd ?? '/',
  ...argv,
]

/** The environment to run that with: the tools' own, and what the command gets, marked. Other users cannot read it. */
const environmentOf = (namespace: Namespace): Record<string, string> => {
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name))
  const inside = {
    PATH,
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...(namespace.network && Object.fromEntries(proxies as [string, string][])),
    ...(namespace.terminal && { TERM: process.env.TERM ?? 'dumb' }),
    ...namespace.environment,
  }
  const { SSL_CERT_FILE } = process.env
  return {
    ...(SSL_CERT_FILE && { SSL_CERT_FILE }),
    PATH: `${process.env.PATH ?? ''}:${PATH}`,
    LC_ALL: 'C.UTF-8',
    // numbered: a shell on the way drops names that are none of its own
    ...Object.fromEntries(
      Object.entries(inside).map(([name, value], index) => [`ANTIDOTE_STEP_${index}`, `${name}=${value}`]),
    ),
  }
}

/** A command runner whose every command gets a fresh namespace. */
export const runIn =
  (namespace: Namespace, defaults: RunOptions = {}): Run =>
  (argv, options = {}) => {
    const whole = { ...namespace, environment: { ...namespace.environment, ...options.env } }
    return run(enter(whole, argv), {
      title: argv.join(' '),
      ...defaults,
      ...options,
      env: environmentOf(whole),
    })
  }

/** Starts a long-running command in the namespace: a machine, a session. */
export const startIn = (namespace: Namespace, argv: readonly string[], options: RunOptions = {}) =>
  start(enter(namespace, argv), {
    title: argv.join(' '),
    ...options,
    env: environmentOf(namespace),
  })

/**
 * Starts a command on the terminal of the person, if there is one: on a terminal of its own inside that, so that it
 * reaches nothing of the person's own.
 */
export const startInteractive = (namespace: Namespace, argv: readonly string[]) => {
  if (!(process.stdin.isTTY && process.stdout.isTTY)) return startIn(namespace, argv, { interactive: true })
  const whole = { ...namespace, terminal: true }
  const inside = `exec ${quoteAll(enter(whole, argv))}`
  const script = ['script', '--quiet', '--return', '--command', inside, '/dev/null']
  return start(['setpriv', '--pdeathsig', 'KILL', ...script], {
    interactive: true,
    title: argv.join(' '),
    env: { ...environmentOf(whole), SHELL: '/bin/sh' },
  })
}
