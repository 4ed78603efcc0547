import { AntidoteError, nearest, type Secret } from 'antidote'

/** Where the disk of the routing engine is: a file beside the config or a URL, and what it must be. */
export type VendorDisk = { sha256: string } & ({ path: string } | { url: string })

export interface VqfxSnapshotOptions {
  /** The routing engine as the vendor gives it, vmdk or qcow2: `{ path | url, sha256 }`. */
  disk: VendorDisk
  /** Who logs in on the console before anything is set up; `root` with `Juniper` if left out. */
  credentials?: { user?: string; password?: string | Secret }
  /** The super-user; `antidote` if left out. */
  user?: string
  /** The super-user's password, and root's; `antidotepassword` if left out. */
  password?: string | Secret
  /** What the switch calls itself; the image's name, with - for . and _, if left out. */
  hostname?: string
  /** Data interfaces, em3 and on; 8 if left out. */
  interfaces?: number
  /** Memory such as "1G"; "2G" if left out. */
  memory?: string
  /** Seconds from power-on to the login prompt, and to NETCONF; 3600 if left out. */
  deadline?: number
}

/** Options with everything filled in. */
export interface Resolved {
  disk: VendorDisk
  credentials: { user: string; password: string | Secret }
  user: string
  password: string | Secret
  hostname: string | undefined
  interfaces: number
  /** MiB */
  memory: number
  deadline: number
}

const KNOWN: Record<keyof VqfxSnapshotOptions, true> = {
  disk: true,
  credentials: true,
  user: true,
  password: true,
  hostname: true,
  interfaces: true,
  memory: true,
  deadline: true,
}

const bad = (message: string, hint: string) =>
  new AntidoteError('PLUGIN_OPTION', `vqfx-snapshot: ${message}`, { exitCode: 2, hint })

/** The vendor allows for 12 interfaces, of which the first three are its own: README of Juniper/vqfx10k-vagrant. */
const MOST_INTERFACES = 9

const memoryOf = (text: string): number => {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([MG])$/.exec(text) ?? []
  if (!unit) throw bad(`memory is "${text}", which is no size.`, 'Write it like "2G".')
  const mib = Math.round(Number(number) * (unit === 'G' ? 1024 : 1))
  if (mib < 128) throw bad(`memory is "${text}", with which nothing starts.`, 'The vendor asks for "1G".')
  return mib
}

const whole = (name: string, value: number, least: number, most: number): number => {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw bad(`${name} is ${value}.`, `Use a whole number from ${least} to ${most}.`)
}

/** Names that go into a line of the console as they are. */
const plainName = (what: string, value: string): string => {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(value)) return value
  throw bad(`"${value}" cannot be the ${what}.`, 'Use letters, digits, _, - and dots, at most 32.')
}

const checkDisk = (disk: VendorDisk | undefined): VendorDisk => {
  const { sha256, path, url } = (disk ?? {}) as { sha256?: string; path?: string; url?: string }
  if (!sha256 || !/^[0-9a-f]{64}$/.test(sha256) || (path === undefined) === (url === undefined))
    throw bad(
      'disk must say where the disk of the routing engine is, and its sha256.',
      "Write disk: { path: 'vqfx.vmdk', sha256: '…' }; `sha256sum` tells the digest.",
    )
  return disk!
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (options: VqfxSnapshotOptions): Resolved => {
  for (const name of Object.keys(options)) {
    if (name in KNOWN) continue
    const near = nearest(name, Object.keys(KNOWN))
    throw bad(
      `"${name}" is not an option.`,
      near ? `Did you mean "${near}"?` : 'docs/plugins/vqfx-snapshot lists them.',
    )
  }
  const { credentials = {}, user = 'antidote', hostname, deadline = 3600 } = options
  if (user === 'root') throw bad('"root" cannot be the user.', 'It is there already; name another.')
  return {
    disk: checkDisk(options.disk),
    credentials: {
      user: plainName('user of the console', credentials.user ?? 'root'),
      // README of Juniper/vqfx10k-vagrant, "VM Characteristics"; releases from 20 on ask root for none
      password: credentials.password ?? 'Juniper',
    },
    user: plainName('user', user),
    password: options.password ?? 'antidotepassword',
    hostname: hostname === undefined ? undefined : plainName('host name', hostname),
    interfaces: whole('interfaces', options.interfaces ?? 8, 0, MOST_INTERFACES),
    memory: memoryOf(options.memory ?? '2G'),
    deadline: whole('deadline', deadline, 1, 86_400),
  }
}
