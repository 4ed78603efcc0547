import { isBuiltIn } from './locale.ts'
import type { Resolved } from './options.ts'
import { needsCertificates } from './sources.ts'

/** What every machine has. */
const BASE = [
  'busybox-static',
  'iproute2',
  'iputils-ping',
  'kmod',
  'login',
  'mount',
  'netbase',
  'openssh-server',
  'sudo',
]

/** What each init adds. */
const initPackages = ({ init, suite }: Resolved): string[] => {
  if (init === 'systemd') return ['dbus', 'systemd-sysv', 'udev']
  // since trixie openssh-server wants its user made by systemd or by this
  return suite === 'bookworm' ? [] : ['systemd-standalone-sysusers']
}

/** The packages of the bootstrap, those of other sources apart. */
export const basePackages = (options: Resolved): string[] =>
  [
    ...new Set([
      ...BASE,
      ...initPackages(options),
      ...(needsCertificates(options.sources) ? ['ca-certificates'] : []),
      ...(isBuiltIn(options.locale) ? [] : ['locales']),
      ...(options.sources.length > 0 ? [] : options.packages),
    ]),
  ].sort()
