import { expect, it } from 'vitest'
import { sharing, tiocsti } from '../../../core/cli/doctor/sharing.ts'
import { fakeHosts, lines } from './fake.ts'

const host = fakeHosts()

const PASSWD = `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/bin/sh
service:x:1001:1001::/home/service:/usr/sbin/nologin
gone:x:1002:1002::/home/gone:/bin/bash
nonsense
`
const person = (name: string, uid: number) => `${name}:x:${uid}:${uid}::/home/${name}:/bin/bash\n`
const home = (name: string) => ({ [`home/${name}/.profile`]: '' })
const withService = { 'etc/passwd': PASSWD, ...home('service') }

it('is fine for an ordinary user, and for root where nobody else logs in', async () => {
  const files = { 'etc/passwd': PASSWD + person('bob', 1003), ...home('bob') }
  expect(await sharing(host({ files })).run()).toEqual({
    ok: true,
    detail: 'builds run as ada, who is not root',
  })
  const alone = await sharing(host({ uid: 0, user: 'root', files: withService })).run()
  expect(alone).toEqual({ ok: true, detail: 'nobody else can log in here' })
  expect((await sharing(host({ uid: 0, user: 'root' })).run()).ok).toBe(true)
})

it('warns where root builds and others have accounts', async () => {
  const files = {
    'etc/passwd': PASSWD + person('bob', 1003) + person('ada', 1000),
    ...home('bob'),
    ...home('ada'),
  }
  expect(await sharing(host({ uid: 0, user: 'root', files })).run()).toEqual({
    ok: false,
    detail: 'builds run as root, and others can log in here (ada, bob); build as an ordinary user',
  })
  // behind sudo stands one of them
  expect((await sharing(host({ uid: 0, user: 'ada', files })).run()).detail).toContain('(bob)')
  expect(sharing(host()).essential).toBe(false)
})

it('names who is logged in and has no account here, and not everybody', async () => {
  const names = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'root']
  const who = names.map((name) => `echo '${name} pts/0 2026-11-30 09:00 (192.0.2.1)'`).join('\n')
  const { detail } = await sharing(
    host({ uid: 0, user: 'root', files: withService, commands: { who } }),
  ).run()
  expect(detail).toContain('(a1, a2, a3, a4, a5 and 1 more)')
})

it('warns where a program can type into its terminal', async () => {
  const on = (value: string) =>
    tiocsti(host({ files: { 'proc/sys/dev/tty/legacy_tiocsti': `${value}\n` } })).run()
  expect((await on('0')).ok).toBe(true)
  const open = await on('1')
  expect(open).toMatchObject({ ok: false, detail: expect.stringContaining('dev.tty.legacy_tiocsti is 1') })
  expect(open.fix).toMatchObject({ root: true, safe: false })
  expect(lines(open.fix)).toEqual(['sysctl --write dev.tty.legacy_tiocsti=0'])
  expect(tiocsti(host()).essential).toBe(false)
  expect((await tiocsti(host()).run()).ok).toBe(true)
})
