import { optionChecks, type Secret, type Size, type VendorDiskOption } from 'antidote'
import { type Release, releaseOf } from './releases.ts'

export interface CumulusVxOptions {
  /** Cumulus VX as the vendor gives it for KVM, qcow2 or another format: `{ path | url, sha256 }`. */
  disk: VendorDiskOption
  /** The release on it, such as "3.7", "4.4" or "5.12.1". */
  release: `${3 | 4 | 5}.${string}`
  /** Who logs in on the console before anything is set up; `cumulus` with the release's own password if left out. */
  credentials?: { user?: string; password?: string | Secret }
  /** Who has sudo and the groups of the command line; `antidote` if left out. */
  user?: string
  /** The user's password, and that of `cumulus`; `antidotepassword` if left out. */
  password?: string | Secret
  /** What the switch calls itself; the image's name, with - for . and _, if left out. */
  hostname?: string
  /** Switch ports, swp1 and on; 8 if left out. */
  interfaces?: number
  /** Memory such as "1G"; "2G" if left out. */
  memory?: Size
  /** Seconds from power-on to the login prompt, and to SSH; 3600 if left out. */
  deadline?: number
  /** Save the machine when it is published; true if left out. */
  snapshot?: boolean
}

/** Options with everything filled in. */
export interface Resolved {
  disk: VendorDiskOption
  release: Release
  credentials: { user: string; password: string | Secret }
  user: string
  password: string | Secret
  hostname: string | undefined
  interfaces: number
  /** MiB */
  memory: number
  deadline: number
  snapshot: boolean
}

const KNOWN: Record<keyof CumulusVxOptions, true> = {
  disk: true,
  release: true,
  credentials: true,
  user: true,
  password: true,
  hostname: true,
  interfaces: true,
  memory: true,
  deadline: true,
  snapshot: true,
}

const { bad, known, memory, password, vendorDisk, whole } = optionChecks(
  'cumulus-vx',
  'docs/plugins/cumulus-vx',
)

/** As many as a pci-bridge and the bus before it have room for by far, and as a switch of this kind has. */
const MOST_INTERFACES = 64

/** A name of a user, as useradd(8) of Debian takes it. */
const userName = (value: string): string => {
  if (/^[a-z_][a-z0-9_-]{0,31}$/.test(value)) return value
  throw bad(`"${value}" cannot be a user.`, 'Use lower-case letters, digits, _ and -, at most 32.')
}

const hostName = (value: string): string => {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,62}$/.test(value)) return value
  throw bad(`"${value}" cannot be the host name.`, 'Use letters, digits and -, at most 63.')
}

const checkRelease = (name: string | undefined): Release => {
  const release = releaseOf(name ?? '')
  if (release) return release
  throw bad(
    name === undefined
      ? 'release is missing.'
      : `release is "${name}", which is none of 3.7, 4 and 5 that is known.`,
    'Write it like "5.12": the file\'s name has it, and `cat /etc/lsb-release` on the switch.',
  )
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (options: CumulusVxOptions): Resolved => {
  known(options, Object.keys(KNOWN))
  const { credentials = {}, user = 'antidote', hostname } = options
  if (user === 'root' || user === 'cumulus')
    throw bad(`"${user}" cannot be the user.`, 'It is there already; name another.')
  const release = checkRelease(options.release)
  return {
    disk: vendorDisk(options.disk, "the vendor's disk", 'cumulus-linux.qcow2'),
    release,
    credentials: {
      user: userName(credentials.user ?? 'cumulus'),
      password: password('credentials.password', credentials.password ?? release.password),
    },
    user: userName(user),
    password: password('password', options.password ?? 'antidotepassword'),
    hostname: hostname === undefined ? undefined : hostName(hostname),
    interfaces: whole('interfaces', options.interfaces ?? 8, 0, MOST_INTERFACES),
    memory: memory(options.memory ?? '2G', 'Use "1G" or more.'),
    deadline: whole('deadline', options.deadline ?? 3600, 1, 86_400),
    snapshot: options.snapshot ?? true,
  }
}
