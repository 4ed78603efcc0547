import { QEMU_USER } from '../../base/model/container-rights.ts'
import type { Privileges } from './privileges.ts'

/** As whom QEMU runs: as who the launcher is. */
export interface User {
  name: string
  uid: number
  gid: number
  /** Words before a command that take everything from it that it does not need. */
  as: string[]
  /** Why it is not a user of its own, where it is not. */
  reason?: string
}

/** QEMU gets no capability; `bind` leaves it the one for listening below 1024. */
export const chooseUser = ({ uid, gid, can }: Privileges, { bind }: { bind: boolean }): User => {
  const binds = bind && can('CAP_NET_BIND_SERVICE')
  const last = ['--no-new-privs', '--pdeathsig', 'KILL']
  if (uid !== 0) {
    const left = binds ? '-all,+net_bind_service' : '-all'
    const as = ['setpriv', `--inh-caps=${left}`, `--ambient-caps=${left}`, ...last]
    if (uid === QEMU_USER) return { name: 'qemu', uid, gid, as }
    return { name: String(uid), uid, gid, as, reason: 'the container runs as that user' }
  }
  // user 0 gets all of the bounding set back at each exec, except what it gave up under no-new-privs
  const caps = `--caps=${binds ? 'cap_net_bind_service=eip' : '='}`
  const as = ['setpriv', '--inh-caps=-all', ...last, 'capsh', caps, '--shell=/usr/bin/env', '--']
  const reason = `the container lacks CAP_SETUID, CAP_SETGID or user ${QEMU_USER}`
  return { name: 'root', uid, gid, as, reason }
}
