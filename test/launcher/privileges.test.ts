import { expect, test } from 'vitest'
import { readPrivileges } from '../../core/launcher/privileges.ts'
import { chooseUser } from '../../core/launcher/user.ts'

/** /proc/self/status of a process with these capabilities, by number. */
const status = (uid: number, ...capabilities: number[]): string => {
  const set = capabilities.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n)
  return `Name:\tnode\nUid:\t1\t${uid}\t1\t1\nGid:\t1\t${uid}\t1\t1\nCapPrm:\t0000000000000000\nCapEff:\t${set
    .toString(16)
    .padStart(16, '0')}\n`
}

const [SETGID, SETUID, SETPCAP, BIND, NET_ADMIN] = [6, 7, 8, 10, 12]

test('reads the effective user and capabilities', () => {
  const { uid, gid, can } = readPrivileges(status(64055, NET_ADMIN))
  expect({ uid, gid }).toEqual({ uid: 64055, gid: 64055 })
  expect(can('CAP_NET_ADMIN')).toBe(true)
  expect(can('CAP_SETUID')).toBe(false)
})

test('reads those of this very process', () => {
  expect(readPrivileges().uid).toBe(process.geteuid!())
})

const as = (text: string, bind: boolean, groups: number[] = []) =>
  chooseUser(readPrivileges(text), { bind, groups })

test('QEMU gets its own user and nothing else where users may be switched', () => {
  const { name, as: words } = as(status(0, SETGID, SETUID, SETPCAP, NET_ADMIN), true)
  expect(name).toBe('qemu')
  expect(words.join(' ')).toBe(
    'setpriv --reuid=64055 --regid=64055 --clear-groups --inh-caps=-all --ambient-caps=-all --bounding-set=-all --no-new-privs --pdeathsig KILL',
  )
})

test('it keeps the capability for low ports, and the groups of its devices', () => {
  const { as: words } = as(status(0, SETGID, SETUID, BIND), true, [108])
  expect(words).toEqual(
    expect.arrayContaining(['--ambient-caps=-all,+net_bind_service', '--groups=108', '--no-new-privs']),
  )
  expect(words.join(' ')).not.toContain('bounding')
  expect(as(status(0, SETGID, SETUID, BIND), false).as.join(' ')).not.toContain('net_bind')
})

test('root that cannot become another user gives its capabilities up', () => {
  const { name, as: words, reason } = as(status(0, NET_ADMIN), true)
  expect({ name, reason }).toEqual({
    name: 'root',
    reason: 'the container has no CAP_SETUID and CAP_SETGID',
  })
  expect(words.slice(-4)).toEqual(['capsh', '--caps==', '--shell=/usr/bin/env', '--'])
})

test('a container with a user of its own keeps it', () => {
  const { uid, as: words } = as(status(1000, NET_ADMIN), true)
  expect(uid).toBe(1000)
  expect(words.join(' ')).not.toContain('reuid')
  expect(words).toContain('--inh-caps=-all')
})
