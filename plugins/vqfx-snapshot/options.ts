import { optionChecks, type Secret, type Size, type VendorDiskOption } from 'antidote'

export interface VqfxSnapshotOptions {
  /** The routing engine as the vendor gives it, vmdk or qcow2: `{ path | url, sha256 }`. */
  disk: VendorDiskOption
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
  memory?: Size
  /** Seconds from power-on to the login prompt, and to NETCONF; 3600 if left out. */
  deadline?: number
}

/** Options with everything filled in. */
export interface Resolved {
  disk: VendorDiskOption
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

const { bad, known, memory, password, vendorDisk, whole } = optionChecks(
  'vqfx-snapshot',
  'docs/plugins/vqfx-snapshot',
)

/** The vendor allows for 12 interfaces, of which the first three are its own: README of Juniper/vqfx10k-vagrant. */
const MOST_INTERFACES = 9

/** Names that go into a line of the console as they are. */
const plainName = (what: string, value: string): string => {
  if (/^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/.test(value)) return value
  throw bad(`"${value}" cannot be the ${what}.`, 'Use letters, digits, _, - and dots, at most 32.')
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (options: VqfxSnapshotOptions): Resolved => {
  known(options, Object.keys(KNOWN))
  const { credentials = {}, user = 'antidote', hostname, deadline = 3600 } = options
  if (user === 'root') throw bad('"root" cannot be the user.', 'It is there already; name another.')
  return {
    disk: vendorDisk(options.disk, 'the disk of the routing engine', 'vqfx.vmdk'),
    credentials: {
      user: plainName('user of the console', credentials.user ?? 'root'),
      // README of Juniper/vqfx10k-vagrant, "VM Characteristics"; releases from 20 on ask root for none
      password: password('credentials.password', credentials.password ?? 'Juniper'),
    },
    user: plainName('user', user),
    password: password('password', options.password ?? 'antidotepassword'),
    hostname: hostname === undefined ? undefined : plainName('host name', hostname),
    interfaces: whole('interfaces', options.interfaces ?? 8, 0, MOST_INTERFACES),
    memory: memory(options.memory ?? '2G', 'The vendor asks for "1G".'),
    deadline: whole('deadline', deadline, 1, 86_400),
  }
}
