import { describe, expect, it } from 'vitest'
import { keyring, mmdebstrap, utilLinux } from '../../../core/cli/doctor/programs.ts'
import { clock, linux, node } from '../../../core/cli/doctor/system.ts'
import { fakeHosts, INSTALL, lines } from './fake.ts'

const host = fakeHosts()

describe('the system', () => {
  const machine = { platform: 'linux', arch: 'x64', release: '6.1.0-13-cloud-amd64' }
  const on = async (change: Partial<typeof machine>, uid = 1000) =>
    linux(host({ uid }), { ...machine, ...change }).run()

  it('needs Linux 5.11 for a user and any for root', async () => {
    expect(await on({})).toEqual({ ok: true, detail: '6.1.0-13-cloud-amd64 on x86-64' })
    expect((await on({ release: '5.11.0' })).ok).toBe(true)
    expect((await on({ release: '5.10.99' })).detail).toContain(
      '5.11 or later is needed to build as an ordinary user',
    )
    expect((await on({ release: '4.19.0' }, 0)).ok).toBe(true)
  })

  it('needs Linux on x86-64', async () => {
    expect((await on({ platform: 'darwin' })).detail).toBe('this is darwin; images are built on Linux')
    expect((await on({ arch: 'arm64' })).ok).toBe(false)
  })

  it('needs Node.js 20.19', async () => {
    expect((await node('20.18.9', '/opt/node').run()).detail).toBe(
      '/opt/node is 20.18.9; 20.19 or later is needed',
    )
    expect((await node('20.19.0').run()).ok).toBe(true)
    expect((await node('22.1.0').run()).ok).toBe(true)
  })

  it('needs a clock that can be right', async () => {
    const at = (date: string) => clock(host(), Date.parse(date)).run()
    expect((await at('2027-03-04T05:06:07Z')).detail).toBe('2027-03-04 05:06 UTC')
    expect((await at('1970-01-01')).ok).toBe(false)
    expect((await at('2099-01-01')).ok).toBe(false)
    expect(lines((await at('1970-01-01')).fix)).toEqual(['hwclock --hctosys'])
    expect((await clock(host(), Number.NaN).run()).detail).toContain('no date cannot be right')
  })
})

describe('programs', () => {
  it('names the package of what is missing, and updates the lists where there are none', async () => {
    const bare = host({ commands: { 'apt-get': '' } })
    expect(lines((await mmdebstrap(bare).run()).fix)).toEqual(['apt-get update', `${INSTALL} mmdebstrap`])
    const listed = host({ commands: { 'apt-get': '' }, files: { 'var/lib/apt/lists/x_InRelease': '' } })
    expect(lines((await mmdebstrap(listed).run()).fix)).toEqual([`${INSTALL} mmdebstrap`])
    const other = await mmdebstrap(host()).run()
    expect(other).toEqual({
      ok: false,
      detail: `not on this machine; install "mmdebstrap" with this system's package manager`,
    })
  })

  it('gives the version of mmdebstrap, and tells a broken one', async () => {
    expect(await mmdebstrap(host({ commands: { mmdebstrap: 'echo mmdebstrap 1.3.5' } })).run()).toEqual({
      ok: true,
      detail: '1.3.5',
    })
    expect((await mmdebstrap(host({ commands: { mmdebstrap: 'exit 2' } })).run()).detail).toContain(
      'does not work',
    )
  })

  it('needs keys that the suite of the toolbox is signed with', async () => {
    const run = (files: Record<string, string>) => keyring(host({ files })).run()
    expect((await run({})).detail).toContain('is not on this machine')
    expect((await run({ 'usr/share/keyrings/debian-archive-keyring.gpg': '' })).detail).toContain('too old')
    expect((await run({ 'usr/share/keyrings/debian-archive-trixie-automatic.gpg': '' })).ok).toBe(true)
    expect((await run({ 'etc/apt/trusted.gpg.d/debian-archive-bookworm-automatic.asc': '' })).ok).toBe(true)
  })

  const util = (version: string) => {
    const say = `echo "x from util-linux ${version}"`
    const own = { unshare: say, nsenter: say, setpriv: say, setsid: say, flock: say, script: say }
    return { ...own, mount: say, hostname: '', perl: '' }
  }

  it('needs util-linux 2.38 for a user and 2.33 for root', async () => {
    expect(await utilLinux(host({ commands: util('2.38.1') })).run()).toEqual({ ok: true, detail: '2.38.1' })
    expect((await utilLinux(host({ commands: util('2.37.2') })).run()).detail).toContain('or build as root')
    expect((await utilLinux(host({ commands: util('2.37.2'), uid: 0 })).run()).ok).toBe(true)
    expect((await utilLinux(host({ commands: util('2.31'), uid: 0 })).run()).ok).toBe(false)
  })

  it('tells commands that are missing and those of BusyBox', async () => {
    const { mount: _, ...rest } = util('2.38.1')
    const missing = await utilLinux(host({ commands: { ...rest, 'apt-get': '' } })).run()
    expect(missing.detail).toBe('not on this machine: mount')
    expect(lines(missing.fix)?.at(-1)).toBe(`${INSTALL} mount`)
    const busybox = await utilLinux(
      host({ commands: { ...util('2.38.1'), setpriv: 'echo unrecognized option >&2; exit 1' } }),
    ).run()
    expect(busybox.detail).toMatch(/setpriv is not that of util-linux/)
  })
})
