import { DISTRIBUTIONS } from './distributions.ts'
import type { Resolved } from './options.ts'

/** What every machine has. */
const BASE = [
  'bash',
  'coreutils',
  'findutils',
  'gawk',
  'grep',
  'gzip',
  'iproute',
  'iputils',
  'kmod',
  'openssh-clients',
  'openssh-server',
  'procps-ng',
  'rpm',
  'sed',
  'shadow-utils',
  'sudo',
  'systemd',
  // files are put into a tree with it
  'tar',
  'util-linux',
]

/** The texts of a language are a package of their own since release 8 (glibc.spec). */
const languagePack = (locale: string): string => {
  const [, language] = /^([a-z]{2,3})_/.exec(locale) ?? []
  return language ? `glibc-langpack-${language}` : 'glibc-minimal-langpack'
}

/** The packages of the bootstrap. */
export const basePackages = (options: Resolved): string[] => {
  const { release, init, selinux, epel, locale, packages } = options
  const { major, distribution } = release
  const manager = major === 7 ? ['yum'] : ['dnf', 'zstd', languagePack(locale)]
  return [
    ...new Set([
      ...BASE,
      ...manager,
      DISTRIBUTIONS[distribution].releasePackage[major]!,
      ...(init === 'systemd' ? ['NetworkManager', 'dbus', ...(major === 7 ? [] : ['systemd-udev'])] : []),
      ...(selinux === 'disabled' ? [] : ['policycoreutils', 'selinux-policy-targeted']),
      ...(epel ? ['epel-release'] : []),
      ...packages,
    ]),
  ].sort()
}
