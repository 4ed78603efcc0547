import { linux, type Mirror, type Secret } from 'antidote'
import { checkDirectory } from './local.ts'
import { type AptSource, addressOf, sourceOf } from './sources.ts'

/** Value of a kernel option; `m` makes a module. */
export type KernelOption = 'y' | 'm' | 'n'

export interface DebianOptions {
  /** The release: `trixie` (13, the default) or `bookworm` (12). */
  suite?: Suite
  /** What the image has beside its base, by the names of Debian's packages. */
  packages?: readonly string[]
  /** Where packages come from; else the host's own apt sources, else mmdebstrap's default. */
  mirror?: string | Mirror
  /** Components of the suite; `main` if left out. */
  components?: readonly string[]
  /** Further sources of packages. */
  sources?: readonly AptSource[]
  /** `minimal`: compiled for a lab guest. `distro`: Debian's kernel for clouds. */
  kernel?: 'minimal' | 'distro'
  /** Options of the minimal kernel on top of ours, without CONFIG_. */
  kernelOptions?: Record<string, KernelOption>
  /** `minimal`: BusyBox and a few scripts. `systemd`: as in Debian. */
  init?: 'minimal' | 'systemd'
  /** The user with sudo; `antidote` if left out. */
  user?: string
  /** The user's password; `antidotepassword` if left out. */
  password?: string | Secret
  /** What the machine calls itself; the image's name, with - for . and _, if left out. */
  hostname?: string
  /** `LANG`; `C.UTF-8` if left out. */
  locale?: string
}

/** What each release has under its own name. */
export const SUITES = {
  trixie: { version: 13, source: 'linux-source-6.12', kernel: '6.12' },
  bookworm: { version: 12, source: 'linux-source-6.1', kernel: '6.1' },
} as const

export type Suite = keyof typeof SUITES

/** Options with everything filled in. */
export interface Resolved {
  suite: Suite
  packages: string[]
  mirror: Mirror | undefined
  components: readonly string[]
  sources: readonly AptSource[]
  kernel: 'minimal' | 'distro'
  kernelOptions: Record<string, KernelOption>
  init: 'minimal' | 'systemd'
  user: string
  password: string | Secret
  hostname: string | undefined
  locale: string
}

/** Users of the packages that every machine has: base-passwd, apt, openssh-server, dbus and systemd. */
const SYSTEM_USERS = [
  ...[
    'daemon',
    'bin',
    'sys',
    'sync',
    'games',
    'man',
    'lp',
    'mail',
    'news',
    'uucp',
    'proxy',
    'www-data',
    'backup',
  ],
  ...['list', 'irc', 'gnats', '_apt', 'nobody', 'sshd', 'messagebus'],
  ...['systemd-network', 'systemd-resolve', 'systemd-timesync'],
]

const { bad, known, kernelOptions, list, oneOf, ...checks } = linux.optionChecks('debian')

const KNOWN: Record<keyof DebianOptions, true> = {
  suite: true,
  packages: true,
  mirror: true,
  components: true,
  sources: true,
  kernel: true,
  kernelOptions: true,
  init: true,
  user: true,
  password: true,
  hostname: true,
  locale: true,
}

const checkSource = (source: AptSource): void => {
  const { line, key } = source ?? {}
  if (typeof key !== 'string' || key === '')
    throw bad(
      'a source has no key.',
      "Name the file of the key that signs it: { line: 'deb …', key: 'key.asc' }.",
    )
  const parsed = typeof line === 'string' ? sourceOf(line) : undefined
  if (!parsed)
    throw bad(
      `the line of a source is ${JSON.stringify(line)}, which apt does not read.`,
      'Write one line: "deb https://mirror.example/debian trixie main", or "deb [arch=amd64] https://mirror.example/flat ./".',
    )
  if (parsed.options.some((option) => /^signed-by=/i.test(option)))
    throw bad('the line of a source has signed-by in it.', 'Leave it out, and name the file with `key`.')
  if (/:\/\/[^/\s]*@/.test(line))
    throw bad(
      'the line of a source has a user or password in it.',
      'Put credentials in the auth.conf of apt, in no image.',
    )
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (options: DebianOptions, hostMirror: Mirror | undefined): Resolved => {
  known(options, Object.keys(KNOWN))
  const packages = list('packages', options.packages)
  const components = list('components', options.components)
  const sources = list('sources', options.sources, "{ line: 'deb …', key: 'key.asc' }")
  for (const name of packages) {
    if (!/^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?$/.test(name)) {
      throw bad(
        `"${name}" cannot be the name of a package.`,
        'Names have lower-case letters, digits, +, - and dots.',
      )
    }
  }
  const mirror = typeof options.mirror === 'string' ? { main: options.mirror } : options.mirror
  if (mirror) known(mirror, ['main', 'security', 'updates'], 'mirror.')
  for (const address of mirror ? [mirror.main, mirror.security] : []) {
    if (address !== undefined && !/^(https?|file|copy):\/\/[^@\s\p{Cc}]+$/u.test(address)) {
      throw bad(
        'the mirror must be a URL without a user or password in it.',
        'Put credentials in the auth.conf of apt (man apt_auth.conf), where no image records them.',
      )
    }
  }
  for (const word of components)
    if (!/^[a-z0-9][a-z0-9./_-]*$/i.test(word))
      throw bad(`"${word}" cannot be a component.`, "Write components: ['main'].")
  for (const source of sources) checkSource(source)
  const user = checks.user(options.user ?? 'antidote', SYSTEM_USERS)
  for (const address of [mirror?.main, mirror?.security, ...sources.map(({ line }) => addressOf(line))])
    if (address !== undefined) checkDirectory(address, user)
  return {
    suite: oneOf('suite', options.suite ?? 'trixie', Object.keys(SUITES) as Suite[]),
    packages: [...new Set(packages)].sort(),
    mirror: mirror ?? hostMirror,
    components: options.components === undefined ? ['main'] : components,
    sources,
    kernel: oneOf('kernel', options.kernel ?? 'minimal', ['minimal', 'distro']),
    kernelOptions: kernelOptions(options.kernelOptions ?? {}),
    init: oneOf('init', options.init ?? 'minimal', ['minimal', 'systemd']),
    user,
    password: checks.password('password', options.password ?? 'antidotepassword'),
    hostname: checks.hostname(options.hostname),
    locale: checks.locale(options.locale ?? 'C.UTF-8'),
  }
}
