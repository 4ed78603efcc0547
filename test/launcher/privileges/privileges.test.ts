import { expect, test } from 'vitest'
import { QEMU_USER } from '../../../core/base/model/container-rights.ts'
import { readPrivileges } from '../../../core/launcher/privileges/privileges.ts'
import { chooseUser } from '../../../core/launcher/privileges/user.ts'

/** /proc/self/status of a process with these capabilities, by number. */
const status = (uid: number, ...capabilities: number[]): string => {
  const set = capabilities.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n)
  return `Name:\tnode\nUid:\t1\t${uid}\t1\t1\nGid:\t1\t${uid}\t1\t1\nCapPrm:\t0000000000000000\nCapEff:\t${set
    .toString(16)
    .padStart(16, '0')}\n`
}

const [BIND, NET_ADMIN] = [10, 12]

test('reads the effective user and capabilities', () => {
  const { uid, gid, can } = readPrivileges(status(64055, NET_ADMIN))
  expect({ uid, gid }).toEqual({ uid: 64055, gid: 64055 })
  expect(can('CAP_NET_ADMIN')).toBe(true)
  expect(can('CAP_NET_BIND_SERVICE')).toBe(false)
})

test('reads those of this very process', () => {
  expect(readPrivileges().uid).toBe(process.geteuid!())
})

const as = (text: string, bind: boolean) => chooseUser(readPrivileges(text), { bind })

test('QEMU gets nothing but the capability for low ports, where it needs that and there is one', () => {
  const { name, as: words, reason } = as(status(QEMU_USER, BIND, NET_ADMIN), true)
  expect({ name, reason }).toEqual({ name: 'qemu', reason: undefined })
  expect(words.join(' ')).toBe(
    'setpriv --inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service --no-new-privs --pdeathsig KILL',
  )
  const none = 'setpriv --inh-caps=-all --ambient-caps=-all --no-new-privs --pdeathsig KILL'
  expect(as(status(QEMU_USER, BIND), false).as.join(' ')).toBe(none)
  expect(as(status(QEMU_USER, NET_ADMIN), true).as.join(' ')).toBe(none)
})

test('root that cannot become another user gives its capabilities up', () => {
  const { name, as: words, reason } = as(status(0, NET_ADMIN), true)
  expect(name).toBe('root')
  expect(reason).toBe('the container lacks CAP_SETUID, CAP_SETGID or user 64055')
  expect(words.slice(-4)).toEqual(['capsh', '--caps==', '--shell=/usr/bin/env', '--'])
})

test('a container with a user of its own keeps it', () => {
  const { uid, reason, as: words } = as(status(1000, NET_ADMIN), true)
  expect({ uid, reason }).toEqual({ uid: 1000, reason: 'the container runs as that user' })
  expect(words).toContain('--inh-caps=-all')
})
