import { hostname } from 'node:os'
import { errors } from '../../base/errors/catalogue.ts'
import type { MachineSpec } from '../../base/model/machine-spec.ts'
import { nearest } from '../../base/text/nearest.ts'
import { parseSelector, type Selector } from '../network/selector.ts'
import { splitWords } from './words.ts'

/** What whoever runs the container chooses by environment variable; docs/reference/machine.md tells each. */
export interface Settings {
  /** What replaces the machine's own. */
  spec: Partial<
    Pick<MachineSpec, 'memory' | 'cpus' | 'accelerator' | 'deadline' | 'shutdownDeadline' | 'management'>
  >
  /** A name for the guest instead of its own. */
  hostname?: string
  /** Words added to QEMU's command line. */
  qemuArguments: string[]
  /** Where changes to the disks and the sockets go; disk space, not memory. */
  state: string
  persist: boolean
  /** Where the MAC addresses come from. */
  identity: string
  network: {
    mac: 'own' | 'interface'
    interfaces?: number
    /** Milliseconds. */
    deadline: number
    settle: number
    first?: string
    management?: Selector
    /** In slot order. */
    order?: Selector[]
  }
  /** What the guest may connect to: nothing, all but the container's loopback, or all. */
  outgoing: 'none' | 'network' | 'all'
  /** 0 is none. */
  healthPort: number
  /** The variables that were set, as they were. */
  given: Record<string, string>
}

type Environment = Readonly<Record<string, string | undefined>>
type Read<T> = (text: string, name: string) => T

const whole =
  (least: number, most: number, what: string): Read<number> =>
  (text, name) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
    if (value < least || value > most)
      throw errors.launcherSetting(name, text, `${what} from ${least} to ${most}`)
    return value
  }

const oneOf =
  <T extends string>(...known: T[]): Read<T> =>
  (text, name) => {
    if (!known.includes(text as T)) throw errors.launcherSetting(name, text, known.join(' or '))
    return text as T
  }

const matching =
  (pattern: RegExp, what: string): Read<string> =>
  (text, name) => {
    if (!pattern.test(text)) throw errors.launcherSetting(name, text, what)
    return text
  }

const memory: Read<number> = (text, name) => {
  const [, amount, unit] = /^([1-9]\d*)([MG]?)$/.exec(text) ?? []
  if (!amount) throw errors.launcherSetting(name, text, 'a size such as 512M or 2G')
  return Number(amount) * (unit === 'G' ? 1024 : 1)
}

const words: Read<string[]> = (text, name) => {
  const split = splitWords(text)
  if (!split) throw errors.launcherSetting(name, text, 'a list of words with every quote closed')
  return split
}

const seconds = whole(0, 86_400, 'seconds')
const interfaces = whole(0, 32, 'a number of interfaces')
// IFNAMSIZ is 16 with its end
const interfaceName = matching(/^[^\s/]{1,15}$/, 'the name of an interface')

const SELECTOR = 'the name, the MAC address, an address or the network of an interface'

const selector: Read<Selector> = (text, name) => {
  const read = parseSelector(text)
  if (!read) throw errors.launcherSetting(name, text, SELECTOR)
  return read
}

const selectors: Read<Selector[]> = (text, name) => {
  const read = text.split(',').map((one) => parseSelector(one.trim()))
  if (read.length > 32 || !read.every((one) => one !== undefined))
    throw errors.launcherSetting(name, text, `a list with commas of up to 32, each ${SELECTOR}`)
  return read
}

const READ = {
  ANTIDOTE_MEMORY: memory,
  ANTIDOTE_CPUS: whole(1, 64, 'a number of processors'),
  ANTIDOTE_ACCELERATOR: oneOf('auto', 'kvm', 'tcg'),
  ANTIDOTE_HOSTNAME: matching(
    /^(?=.{1,63}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/,
    'a host name of letters, digits and "-"',
  ),
  ANTIDOTE_QEMU_ARGS: words,
  ANTIDOTE_STATE: matching(/^\//, 'an absolute path'),
  ANTIDOTE_PERSIST: oneOf('0', '1'),
  ANTIDOTE_ID: matching(/./, 'a name'),
  ANTIDOTE_MAC: oneOf('own', 'interface'),
  ANTIDOTE_INTERFACES: interfaces,
  CLAB_INTFS: interfaces,
  ANTIDOTE_INTERFACES_DEADLINE: seconds,
  ANTIDOTE_SETTLE: seconds,
  ANTIDOTE_FIRST_INTERFACE: interfaceName,
  ANTIDOTE_MANAGEMENT: oneOf('forward', 'transparent'),
  ANTIDOTE_MANAGEMENT_INTERFACE: selector,
  ANTIDOTE_OUTGOING: oneOf('none', 'network', 'all'),
  ANTIDOTE_DATA_INTERFACES: selectors,
  ANTIDOTE_HEALTH_PORT: whole(0, 65_535, 'a port'),
  ANTIDOTE_DEADLINE: seconds,
  ANTIDOTE_STOP_DEADLINE: seconds,
}

type Values = { [Name in keyof typeof READ]?: ReturnType<(typeof READ)[Name]> }

const PREFIX = 'ANTIDOTE_'
const bare = (name: string): string => name.slice(PREFIX.length)

/** Read by `antidote ssh` in the container, and never shown. */
const OTHERS = ['ANTIDOTE_PASSWORD', 'ANTIDOTE_HOST_KEYS']

/**
 * Variables that look like a misspelt one of ours, each with the one that may be meant. Others with our prefix
 * are not ours to judge: Kubernetes makes some from the names of services.
 */
export const misspelt = (env: Environment): [string, string][] => {
  const known = [...Object.keys(READ), ...OTHERS].filter((name) => name.startsWith(PREFIX)).map(bare)
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith(PREFIX) || known.includes(bare(name))) return []
    const near = nearest(bare(name), known)
    return near ? [[name, PREFIX + near] as [string, string]] : []
  })
}

/** Reads the environment; what is empty counts as not set. Throws LAUNCHER_SETTING. */
export const readSettings = (env: Environment): Settings => {
  const given = Object.fromEntries(
    Object.keys(READ).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  ) as Record<string, string>
  const value = Object.fromEntries(
    Object.entries(given).map(([name, text]) => [name, READ[name as keyof typeof READ](text, name)]),
  ) as Values
  const defined = <T extends object>(object: T) =>
    Object.fromEntries(Object.entries(object).filter(([, one]) => one !== undefined)) as {
      [K in keyof T]?: Exclude<T[K], undefined>
    }
  return {
    spec: defined({
      memory: value.ANTIDOTE_MEMORY,
      cpus: value.ANTIDOTE_CPUS,
      accelerator: value.ANTIDOTE_ACCELERATOR,
      deadline: value.ANTIDOTE_DEADLINE,
      shutdownDeadline: value.ANTIDOTE_STOP_DEADLINE,
      management: value.ANTIDOTE_MANAGEMENT,
    }),
    ...defined({ hostname: value.ANTIDOTE_HOSTNAME }),
    qemuArguments: value.ANTIDOTE_QEMU_ARGS ?? [],
    state: value.ANTIDOTE_STATE ?? '/var/lib/antidote',
    persist: value.ANTIDOTE_PERSIST === '1',
    identity: value.ANTIDOTE_ID ?? hostname(),
    network: {
      mac: value.ANTIDOTE_MAC ?? 'own',
      ...defined({
        interfaces: value.ANTIDOTE_INTERFACES ?? value.CLAB_INTFS,
        first: value.ANTIDOTE_FIRST_INTERFACE,
        management: value.ANTIDOTE_MANAGEMENT_INTERFACE,
        order: value.ANTIDOTE_DATA_INTERFACES,
      }),
      deadline: (value.ANTIDOTE_INTERFACES_DEADLINE ?? 120) * 1000,
      settle: (value.ANTIDOTE_SETTLE ?? 0) * 1000,
    },
    outgoing: value.ANTIDOTE_OUTGOING ?? 'network',
    healthPort: value.ANTIDOTE_HEALTH_PORT ?? 8099,
    given,
  }
}
