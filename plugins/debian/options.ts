import { linux, type Mirror, type Secret } from 'antidote'

/** A further source of packages. */
export interface AptSource {
  /** One line as in sources.list, without a [signed-by]. */
  line: string
  /** The key that signs it: a path relative to the config, armoured or binary. */
  key: string
}

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

const { bad, known, kernelOptions, oneOf, user: checkUser } = linux.optionChecks('debian')

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

/** Checks the options and fills in what was left out. */
export const resolveOptions = (options: DebianOptions, hostMirror: Mirror | undefined): Resolved => {
  known(options, Object.keys(KNOWN))
  for (const name of options.packages ?? []) {
    if (!/^[a-z0-9][a-z0-9+.-]+(:[a-z0-9]+)?$/.test(name)) {
      throw bad(
        `"${name}" cannot be the name of a package.`,
        'Names have lower-case letters, digits, +, - and dots.',
      )
    }
  }
  const mirror = typeof options.mirror === 'string' ? { main: options.mirror } : options.mirror
  for (const address of [mirror?.main, mirror?.security]) {
    if (address !== undefined && !/^(https?|file|copy):\/\/[^@\s]+$/.test(address)) {
      throw bad(
        'the mirror must be a URL without a user or password in it.',
        'Put credentials in the auth.conf of apt (man apt_auth.conf), where no image records them.',
      )
    }
  }
  return {
    suite: oneOf('suite', options.suite ?? 'trixie', Object.keys(SUITES) as Suite[]),
    packages: [...new Set(options.packages ?? [])].sort(),
    mirror: mirror ?? hostMirror,
    components: options.components ?? ['main'],
    sources: options.sources ?? [],
    kernel: oneOf('kernel', options.kernel ?? 'minimal', ['minimal', 'distro']),
    kernelOptions: kernelOptions(options.kernelOptions ?? {}),
    init: oneOf('init', options.init ?? 'minimal', ['minimal', 'systemd']),
    user: checkUser(options.user ?? 'antidote'),
    password: options.password ?? 'antidotepassword',
    hostname: options.hostname,
    locale: options.locale ?? 'C.UTF-8',
  }
}
