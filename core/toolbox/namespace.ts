import { fileURLToPath } from 'node:url'
import { type Run, type RunOptions, run, start } from '../process/run.ts'

const ENTER = fileURLToPath(new URL('./enter.sh', import.meta.url))

/** What a build step may do as root of its namespace: what package scripts need, and no more. */
const STEP_CAPABILITIES =
  '-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap,+setfcap,+net_bind_service,+sys_chroot,+audit_write'

/** mmdebstrap mounts inside the tree it makes; `mknod` matters only to the host's own root. */
const MOUNT_CAPABILITIES = `${STEP_CAPABILITIES},+sys_admin,+mknod`

/** An overlay that is written: layers below, the topmost first, and where changes go. */
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

/** A private root and what may be done in it. */
export interface Namespace {
  operations: readonly Operation[]
  /** The host's network; without it there is none. */
  network?: boolean
  /** Let the command mount and make device nodes. */
  mounts?: boolean
  environment?: Record<string, string>
  cwd?: string
  /** Runs what is asked for on standard input, as enter.sh says, and no command of its own. */
  serve?: boolean
}

const words = (operation: Operation): string[] => {
  if ('tools' in operation) return ['tools', operation.tools.join(':')]
  if ('host' in operation) return ['host']
  if ('tree' in operation)
    return ['tree', operation.tree.lower.join(':'), operation.tree.upper, operation.tree.work]
  if ('edit' in operation) {
    const { at, lower, upper, work } = operation.edit
    return ['edit', at, lower.join(':'), upper, work]
  }
  if ('view' in operation) return ['view', operation.view.at, operation.view.lower.join(':')]
  return [operation.readOnly ? 'robind' : 'bind', operation.bind, operation.at ?? operation.bind]
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const isRoot = () => process.getuid?.() === 0

/** The argument vector that runs `argv` in the namespace. It dies with this process. */
export const enter = (namespace: Namespace, argv: readonly string[]): string[] => {
  const proxies = Object.entries(process.env).filter(([name]) => /^(https?|no)_proxy$/i.test(name))
  const environment = {
    PATH,
    HOME: '/root',
    LANG: 'C.UTF-8',
    ...(namespace.network && Object.fromEntries(proxies as [string, string][])),
    ...namespace.environment,
  }
  return [
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
    '--',
    namespace.mounts ? MOUNT_CAPABILITIES : STEP_CAPABILITIES,
    'env',
    '-i',
    ...(namespace.cwd ? ['-C', namespace.cwd] : []),
    ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    ...argv,
  ]
}

const HOST_PATH = { PATH: `${process.env.PATH ?? ''}:${PATH}` }

/** A command runner whose every command gets a fresh namespace. */
export const runIn =
  (namespace: Namespace, defaults: RunOptions = {}): Run =>
  (argv, options = {}) =>
    run(enter({ ...namespace, environment: { ...namespace.environment, ...options.env } }, argv), {
      title: argv.join(' '),
      ...defaults,
      ...options,
      env: HOST_PATH,
      extendEnv: true,
    })

/** Starts a long-running command in the namespace: a machine, a terminal. */
export const startIn = (namespace: Namespace, argv: readonly string[], options: RunOptions = {}) =>
  start(enter(namespace, argv), { ...options, env: HOST_PATH, extendEnv: true })
