import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { KEPT_CAPABILITIES, QEMU_USER } from '../../core/base/model/container-rights.ts'
import { ENTRYPOINT } from '../../core/publish/oci/runtime.ts'
import { temporary } from '../support/directory.ts'

const PROGRAM = fileURLToPath(new URL('../../core/launcher/start.pl', import.meta.url))
const NONE = '0000000000000000'

/** Who the command is, what it may do, and what it gets by what it runs itself. */
const started = (
  kept: string,
  { devices = '', wrapper = [] }: { devices?: string; wrapper?: string[] } = {},
) => {
  const script = 'cat /proc/self/status; exit 0'
  // where another user may read it: a clone of root's may be closed to others
  const directory = temporary()
  chmodSync(directory, 0o755)
  const program = join(directory, 'start.pl')
  copyFileSync(PROGRAM, program)
  const words = ['perl', program, String(QEMU_USER), kept, devices, 'sh', '-c', script]
  const [command, ...argv] = [...wrapper, ...words]
  const status = execFileSync(command!, argv, { encoding: 'utf8' })
  const of = (name: string) => new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'm').exec(status)![1]!
  const names = ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Groups'] as const
  const [uid, gid] = [of('Uid').split('\t'), of('Gid').split('\t')]
  return { uid, gid, ...Object.fromEntries(names.map((name) => [name, of(name)])) }
}

const user = (id: number) => ({ uid: Array(4).fill(String(id)), gid: Array(4).fill(String(id)) })
/** All that it has it gives to what it runs, and no more. */
const only = (mask: string) => ({
  ...{ CapPrm: mask, CapEff: mask, CapInh: mask, CapAmb: mask },
  NoNewPrivs: '1',
})

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('the command is the user, in no group, with what is kept', () => {
    const all = { ...user(QEMU_USER), Groups: '' }
    expect(started('10')).toEqual({ ...all, ...only('0000000000000400'), CapBnd: '0000000000000400' })
    const wide = '0000010000000400'
    expect(started('10,40')).toEqual({ ...all, ...only(wide), CapBnd: wide })
    expect(started('')).toEqual({ ...all, ...only(NONE), CapBnd: NONE })
  })

  test.each(['setuid', 'setgid'])('without CAP_%s it stays root, with no more', (lacking) => {
    const wrapper = ['setpriv', `--bounding-set=-${lacking}`, '--inh-caps=-all']
    expect(started('10', { wrapper })).toMatchObject({ ...user(0), ...only('0000000000000400') })
  })

  test('where there is no such user too', () => {
    expect(started('10', { wrapper: ['unshare', '--user', '--map-root-user'] })).toMatchObject({
      ...user(0),
      ...only('0000000000000400'),
    })
  })

  test('where the bounding set cannot be changed there is no more either', () => {
    const wrapper = ['setpriv', '--bounding-set=-setpcap', '--inh-caps=-all']
    expect(started('8,10', { wrapper })).toMatchObject({ ...user(QEMU_USER), ...only('0000000000000400') })
  })

  test('another user stays who he is, and gets nothing', () => {
    const wrapper = ['setpriv', '--reuid=1000', '--regid=1001', '--clear-groups', '--inh-caps=-all']
    expect(started('10', { wrapper })).toMatchObject({
      uid: Array(4).fill('1000'),
      gid: Array(4).fill('1001'),
      ...only(NONE),
    })
  })

  describe('a device', () => {
    const device = (mode: number, group = 0): string => {
      const path = join(temporary(), 'tun')
      writeFileSync(path, '')
      chownSync(path, 0, group)
      chmodSync(path, mode)
      return path
    }
    const mode = (path: string) => statSync(path).mode & 0o777

    test("of the container's own that only root may open is opened", () => {
      const [one, other] = [device(0o600), device(0o640)]
      started('', { devices: `${one}:/nowhere/kvm:${other}` })
      expect([mode(one), mode(other)]).toEqual([0o666, 0o666])
    })

    test("that a group may open takes the user into it, and the group of root's is none", () => {
      const [kvm, tun, roots] = [device(0o660, 108), device(0o660, 109), device(0o660)]
      expect(started('', { devices: `${kvm}:${tun}:${roots}` })).toMatchObject({ Groups: '108 109' })
      expect([mode(kvm), mode(roots)]).toEqual([0o660, 0o666])
    })

    test('that all may open is left alone', () => {
      const open = device(0o606, 108)
      expect(started('', { devices: open })).toMatchObject({ Groups: '' })
      expect(mode(open)).toBe(0o606)
    })

    test.each([
      [
        "of the host's /dev",
        (path: string) => `1 0 0:1 / ${join(path, '..')} rw shared:1 - devtmpfs none rw`,
      ],
      ['that is mounted by itself', (path: string) => `1 0 0:1 / ${path} rw - ext4 none rw`],
    ])('%s stays as it is', (_, mount) => {
      const path = device(0o600)
      const table = join(temporary(), 'mountinfo')
      writeFileSync(table, `0 0 0:1 / / rw - tmpfs none rw\n${mount(path)}\n`)
      const inside = 'mount --bind "$1" /proc/$$/mountinfo; shift; exec "$@"'
      const wrapper = ['unshare', '--mount', 'sh', '-ec', inside, 'sh', table]
      started('', { devices: path, wrapper })
      expect(mode(path)).toBe(0o600)
    })
  })
})

test('a container starts by it', () => {
  expect(ENTRYPOINT.slice(0, 6)).toEqual([
    ...['/usr/bin/perl', '/usr/lib/antidote/start.pl', '64055', KEPT_CAPABILITIES.join(',')],
    ...['/dev/kvm:/dev/net/tun', '/usr/bin/node'],
  ])
})
