import type { Privileges } from './privileges.ts'

/** QEMU's own account in the runtime layer's /etc/passwd; Debian's number for it. */
const QEMU = { name: 'qemu', uid: 64055, gid: 64055 }

/** As whom QEMU runs. */
export interface User {
  name: string
  uid: number
  gid: number
  /** Words before a command that take everything from it that it does not need. */
  as: string[]
  /** Why it is not a user of its own, where it is not. */
  reason?: string
}

/**
 * QEMU gets its own user where the container may switch users, and no capability in any case; `bind` leaves it
 * the one for listening below 1024. `groups` are those whose devices it opens.
 */
export const chooseUser = (
  { uid, gid, can }: Privileges,
  { bind, groups }: { bind: boolean; groups: readonly number[] },
): User => {
  const binds = bind && can('CAP_NET_BIND_SERVICE')
  const left = binds ? '-all,+net_bind_service' : '-all'
  const last = ['--no-new-privs', '--pdeathsig', 'KILL']
  if (uid !== 0) {
    const as = ['setpriv', `--inh-caps=${left}`, `--ambient-caps=${left}`, ...last]
    return { name: String(uid), uid, gid, as, reason: 'the container runs as that user' }
  }
  if (!can('CAP_SETUID') || !can('CAP_SETGID')) {
    // user 0 gets all of the bounding set back at each exec, except what it gave up under no-new-privs
    const caps = `--caps=${binds ? 'cap_net_bind_service=eip' : '='}`
    const as = ['setpriv', '--inh-caps=-all', ...last, 'capsh', caps, '--shell=/usr/bin/env', '--']
    const reason = 'the container has no CAP_SETUID and CAP_SETGID'
    return { name: 'root', uid, gid, as, reason }
  }
  const as = [
    'setpriv',
    `--reuid=${QEMU.uid}`,
    `--regid=${QEMU.gid}`,
    groups.length > 0 ? `--groups=${groups.join(',')}` : '--clear-groups',
    `--inh-caps=${left}`,
    `--ambient-caps=${left}`,
    ...(can('CAP_SETPCAP') ? [`--bounding-set=${left}`] : []),
    ...last,
  ]
  return { ...QEMU, as }
}
