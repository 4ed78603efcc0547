import { linux, type Secret } from 'antidote'
import { checkPackages, checkRepository, checks, checkUrl } from './check.ts'
import { DISTRIBUTIONS, type Distribution, type Major } from './distributions.ts'
import {
  epelRepository,
  localDirectories,
  ownRepositories,
  type Release,
  type Repository,
  sourceRepository,
} from './repositories.ts'

export interface CentosOptions {
  /** `centos` (CentOS Stream, and CentOS 7 from the vault), `rocky` or `alma`. */
  distribution?: Distribution
  /** 10 (the default) or 9, of CentOS also 7; of Rocky and Alma also with a minor number: `'9.6'`. */
  release?: Major | `${Major}` | `${Exclude<Major, 7>}.${number}`
  /** What the image has beside its base, by the names of the distribution's packages. */
  packages?: readonly string[]
  /** A mirror of the distribution, laid out as its own. */
  mirror?: string
  /** Repositories instead of the distribution's own. */
  repositories?: readonly Repository[]
  /** Further repositories, which the guest knows too. */
  sources?: readonly Repository[]
  /** Extra Packages for Enterprise Linux; the address of a mirror of them. */
  epel?: boolean | string
  /** `distro`: the distribution's own. `minimal`: compiled from its source for a lab guest. */
  kernel?: 'distro' | 'minimal'
  /** Options of the minimal kernel on top of ours, without CONFIG_. */
  kernelOptions?: Record<string, linux.OptionValue>
  /** Where the source package of the kernel is, instead of the distribution's own. */
  kernelSource?: Repository
  /** `minimal`: BusyBox and a few scripts. `systemd`: as in the distribution. */
  init?: 'minimal' | 'systemd'
  /** `disabled` if left out; the others need systemd and the distribution's kernel. */
  selinux?: 'disabled' | 'permissive' | 'enforcing'
  /** The user with sudo; `antidote` if left out. */
  user?: string
  /** The user's password; `antidotepassword` if left out. */
  password?: string | Secret
  /** What the machine calls itself; the image's name, with - for . and _, if left out. */
  hostname?: string
  /** `LANG`; `C.UTF-8` if left out. */
  locale?: string
}

/** Options with everything filled in. */
export interface Resolved {
  release: Release
  packages: string[]
  mirror: string | undefined
  repositories: readonly Repository[]
  sources: readonly Repository[]
  epel: boolean
  kernel: 'distro' | 'minimal'
  kernelOptions: Record<string, linux.OptionValue>
  kernelSource: Repository
  /** Of the keys that the release package may bring. */
  fingerprints: readonly string[]
  init: 'minimal' | 'systemd'
  selinux: 'disabled' | 'permissive' | 'enforcing'
  user: string
  password: string | Secret
  hostname: string | undefined
  locale: string
}

/** Users of the packages that every machine has: setup, openssh-server, dbus and systemd. */
const SYSTEM_USERS = [
  ...['bin', 'daemon', 'adm', 'lp', 'sync', 'shutdown', 'halt', 'mail', 'operator', 'games', 'ftp', 'nobody'],
  ...['sshd', 'dbus', 'tss', 'systemd-network', 'systemd-coredump', 'systemd-oom', 'systemd-resolve'],
]

const { list, oneOf } = checks

const KNOWN: Record<keyof CentosOptions, true> = {
  distribution: true,
  release: true,
  packages: true,
  mirror: true,
  repositories: true,
  sources: true,
  epel: true,
  kernel: true,
  kernelOptions: true,
  kernelSource: true,
  init: true,
  selinux: true,
  user: true,
  password: true,
  hostname: true,
  locale: true,
}

const resolveRelease = ({ distribution: named = 'centos', release: given = 10 }: CentosOptions): Release => {
  const distribution = oneOf('distribution', named, Object.keys(DISTRIBUTIONS) as Distribution[])
  const known = DISTRIBUTIONS[distribution].releases.map(String)
  const version = String(given)
  const [major = '', minor] = version.split('.')
  // CentOS Stream has no minor releases, and of CentOS 7 only the last is of use
  if (minor === undefined || distribution === 'centos') oneOf('release', version, known)
  else oneOf('release', /^\d+$/.test(minor) ? major : version, known)
  return { distribution, major: Number(major) as Major, version }
}

const resolveKernel = (options: CentosOptions, { major }: Release, selinux: string): 'distro' | 'minimal' => {
  const kernel = oneOf('kernel', options.kernel ?? 'distro', ['distro', 'minimal'])
  if (kernel === 'distro') return kernel
  if (major === 7)
    throw checks.bad(
      'kernel is "minimal", but Linux 3.10 of release 7 cannot start without a boot loader.',
      'Leave `kernel` out.',
    )
  if (selinux !== 'disabled')
    throw checks.bad(
      `selinux is "${selinux}", but the minimal kernel has no SELinux.`,
      "Write kernel: 'distro', or leave SELinux disabled.",
    )
  if (options.repositories && !options.kernelSource)
    throw checks.bad(
      'kernel is "minimal", but `repositories` replaces the distribution and nothing says where its source is.',
      'Name the repository of the source packages with `kernelSource`.',
    )
  return kernel
}

/** Checks the options and fills in what was left out. */
export const resolveOptions = (options: CentosOptions): Resolved => {
  checks.known(options, Object.keys(KNOWN))
  const release = resolveRelease(options)
  const { mirror, epel = false } = options
  const packages = list('packages', options.packages)
  checkPackages(packages)
  if (mirror !== undefined) checkUrl('mirror', mirror)
  if (typeof epel === 'string') checkUrl('epel', epel)
  const example = "{ name: '…', baseurl: '…', key: '…' }"
  const replaced = list('repositories', options.repositories, example)
  const added = list('sources', options.sources, example)
  const { kernelSource: given } = options
  for (const repository of [...replaced, ...added, ...(given ? [given] : [])]) checkRepository(repository)
  for (const source of added) checkRepository(source, true)
  const user = checks.user(options.user ?? 'antidote', SYSTEM_USERS)
  for (const directory of localDirectories(added))
    if (linux.isOwnPath(directory, user))
      throw checks.bad(
        `the directory of packages ${directory} is where the image has files of its own.`,
        'Move or bind-mount it elsewhere, such as below /srv.',
      )
  const init = oneOf('init', options.init ?? 'minimal', ['minimal', 'systemd'])
  const selinux = oneOf('selinux', options.selinux ?? 'disabled', ['disabled', 'permissive', 'enforcing'])
  if (selinux !== 'disabled' && init === 'minimal')
    throw checks.bad(
      `selinux is "${selinux}", but the minimal init loads no policy.`,
      "Write init: 'systemd', or leave SELinux disabled.",
    )
  const kernel = resolveKernel(options, release, selinux)
  return {
    release,
    packages: [...new Set(packages)].sort(),
    mirror,
    repositories: options.repositories ?? ownRepositories(release, mirror),
    sources: [...added, ...(epel ? [epelRepository(release.major, epel === true ? undefined : epel)] : [])],
    epel: epel !== false,
    kernel,
    kernelOptions: checks.kernelOptions(options.kernelOptions ?? {}),
    kernelSource: given ?? sourceRepository(release, mirror),
    fingerprints: DISTRIBUTIONS[release.distribution].fingerprints[release.major]!,
    init,
    selinux,
    user,
    password: checks.password('password', options.password ?? 'antidotepassword'),
    hostname: checks.hostname(options.hostname),
    locale: checks.locale(options.locale ?? 'C.UTF-8'),
  }
}
