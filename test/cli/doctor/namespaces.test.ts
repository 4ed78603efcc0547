import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { thisHost } from '../../../core/cli/doctor/host.ts'
import { forbidding, namespaces, overlayfs } from '../../../core/cli/doctor/namespaces.ts'
import { subordinateIds, uidmap } from '../../../core/cli/doctor/users.ts'
import { fakeHosts, lines } from './fake.ts'

const host = fakeHosts()

describe('identities', () => {
  const ids = (subuid: string, subgid = subuid, more = {}) =>
    subordinateIds(host({ files: { 'etc/subuid': subuid, 'etc/subgid': subgid }, ...more })).run()

  it('takes a range by name or number', async () => {
    expect((await ids('ada:100000:65536\n')).ok).toBe(true)
    expect((await ids('1000:100000:65536\n')).ok).toBe(true)
  })

  it('adds what is missing after what others have', async () => {
    const none = await ids('bob:100000:65536\n', '')
    expect(lines(none.fix)).toEqual(['usermod --add-subuids 165536-231071 --add-subgids 165536-231071 ada'])
    expect(none.fix).toMatchObject({ root: true, safe: true })
    expect(lines((await ids('ada:100000:65536', 'ada:100000:1000')).fix)).toEqual([
      'usermod --add-subgids 165536-231071 ada',
    ])
    expect(lines((await subordinateIds(host()).run()).fix)).toEqual([
      'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ada',
    ])
    expect((await ids('ada:x:y\nrubbish\n')).ok).toBe(false)
  })

  it('is not needed by root, but by the user behind sudo', async () => {
    expect(await ids('', '', { uid: 0, user: 'root' })).toEqual({ ok: true, detail: 'not needed by root' })
    expect((await ids('', '', { uid: 0, user: 'ada' })).ok).toBe(false)
    expect(subordinateIds(host({ uid: 0, user: 'ada' })).essential).toBe(false)
  })

  it('needs newuidmap and newgidmap with their privilege', async () => {
    const tools = { newuidmap: '', newgidmap: '' }
    expect((await uidmap(host()).run()).detail).toContain('newuidmap is not on this machine')
    expect((await uidmap(host({ commands: tools })).run()).detail).toContain('neither setuid root nor')
    expect((await uidmap(host({ commands: { ...tools, getcap: 'echo "$1 cap_setuid=ep"' } })).run()).ok).toBe(
      true,
    )
    expect((await uidmap(host({ commands: { ...tools, getcap: '' } })).run()).ok).toBe(false)
  })
})

describe('namespaces', () => {
  it('names the setting that forbids them', () => {
    const set = (name: string, value: string) =>
      forbidding(host({ files: { [`proc/sys/${name}`]: `${value}\n` } }))
    expect(set('kernel/unprivileged_userns_clone', '1')).toBeUndefined()
    expect(set('kernel/unprivileged_userns_clone', '0')?.reason).toBe('kernel.unprivileged_userns_clone is 0')
    const apparmor = set('kernel/apparmor_restrict_unprivileged_userns', '1')
    expect(lines(apparmor?.fix)).toEqual(['sysctl -w kernel.apparmor_restrict_unprivileged_userns=0'])
    expect(apparmor?.fix.safe).toBe(false)
    expect(set('user/max_user_namespaces', '0')?.reason).toBe('user.max_user_namespaces is 0')
  })

  it('shows what unshare said, with the cause where there is one', async () => {
    const commands = { unshare: 'echo "unshare: Operation not permitted" >&2; exit 1' }
    const files = { 'proc/sys/user/max_user_namespaces': '0' }
    const outcome = await namespaces(host({ commands, files })).run()
    expect(outcome.detail).toBe('user.max_user_namespaces is 0: unshare: Operation not permitted')
    const contained = await namespaces(host({ commands, files: { 'run/.containerenv': '' } })).run()
    expect(contained.detail).toContain('start this container with --privileged')
  })

  it('really mounts an overlay, and leaves nothing', async () => {
    const real = thisHost()
    const fake = host({ uid: real.uid, run: real.run })
    const allowed = await namespaces(real).run()
    const outcome = await overlayfs(fake).run()
    // where namespaces are forbidden, so is this
    expect(outcome.ok).toBe(allowed.ok)
    expect(readdirSync(fake.root)).toEqual(['bin'])
    const odd = join(fake.root, 'comma, colon: back\\slash')
    mkdirSync(odd)
    expect((await overlayfs({ ...fake, store: odd }).run()).ok).toBe(allowed.ok)
  })

  it('says what builds do where it cannot be mounted', async () => {
    const commands = { unshare: 'echo "mount: wrong fs type, bad option" >&2; exit 32' }
    const outcome = await overlayfs(host({ commands })).run()
    expect(outcome).toMatchObject({ ok: false, minor: true })
    expect(outcome.detail).toContain('wrong fs type, bad option; each step copies its tree instead')
  })
})
