import { dirname, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { quoteAll } from '../guest/quote.ts'
import { type Run, type RunOptions, run, start } from '../process/run.ts'
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
  sys_chroot: 18,
  sys_admin: 21,
  audit_write: 29,
  setfcap: 31,
}

/** What a build step may do as root of its namespace: what package scripts need, and no more. */
const { sys_admin: MOUNT, ...STEP } = CAPABILITY

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
  /** The socket of the service that resolves names for a tree. */
  | { names: string }

/** A private root and what may be done in it. */
export interface Namespace {
  operations: readonly Operation[]
  /** The host's network; without it there is none. */
  network?: boolean
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
  if ('names' in operation) return ['names', operation.names]
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

/** The argument vector that runs `argv` in the namespace. It dies with this process. */
const enter = (namespace: Namespace, argv: readonly string[]): string[] => [
  'setpriv',
  '--pdeathsig',
  'KILL',
  'unshare',
  '--mount',
  '--pid',
  '--ipc',
  '--uts',
  '--fork',
  '--kill-child=KILL',
  ...(namespace.network ? [] : ['--net']),
  ...(isRoot() ? [] : ['--user', '--map-root-user', '--map-auto']),
  'sh',
  ENTER,
  ...namespace.operations.flatMap(words),
  ...(namespace.network ? ['network'] : []),
  ...(namespace.serve ? ['serve'] : []),
  ...(namespace.terminal ? ['terminal'] : []),
  ...(isForeign(namespace) && process.env[HOST_ROOT] !== '1' ? ['user-namespace'] : []),
  '--',
  stepFilter().toString('hex'),
  Object.values(namespace.mounts ? CAPABILITY : STEP).join(','),
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
