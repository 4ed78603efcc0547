import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Namespace, runIn } from '../../../core/store/namespace/namespace.ts'
import { onTerminal, onTmpfs, startChild, withoutCall } from '../../support/child.ts'
import { temporary } from '../../support/directory.ts'

const SETTING = '/proc/sys/kernel/core_pattern'

/** What a script says in a namespace that has the host's programs, whatever its end. */
const inside = async (script: string, namespace: Partial<Namespace> = {}): Promise<string> => {
  const operations = [{ host: true } as const]
  const { stdout, stderr } = await runIn({ operations, ...namespace })(['sh', '-c', script], {
    allowFailure: true,
  })
  return (stdout + stderr).trim()
}

let edit: Pick<Namespace, 'operations'>
beforeEach(() => {
  const at = temporary({ 'lower/file': 'x' })
  const [upper, work] = [join(at, 'upper'), join(at, 'work')]
  for (const path of [upper, work]) mkdirSync(path)
  edit = { operations: [{ host: true }, { edit: { at: '/tree', lower: [join(at, 'lower')], upper, work } }] }
})

describe('nothing of the host can be changed', () => {
  // the value that is there is written: a hole would do no harm
  const write = `cat ${SETTING} >/tmp/value; (cat /tmp/value >${SETTING}) 2>/dev/null && echo WRITTEN || echo refused`

  test('neither by a step nor by what makes trees', async () => {
    expect(await inside(write, edit)).toBe('refused')
    expect(await inside(write, { mounts: true })).toBe('refused')
    expect(await inside(write)).toBe('refused')
  })

  test('what can be written in /proc is processes, and nothing else', async () => {
    const find = `find /proc -maxdepth 1 -mindepth 1 ! -name '[0-9]*' ! -type l -perm /222 -exec sh -c 'for at; do (: >>"$at") 2>/dev/null && echo "$at"; done' sh {} +`
    expect(await inside(find, { mounts: true })).toBe('')
    expect(await inside('echo name >/proc/self/comm && cat /proc/$$/comm')).not.toContain('denied')
  })

  test('no file of the kernel opens to be written, however deep below /proc it is; there is no /sys', async () => {
    const open = `perl -MFcntl -e 'for (@ARGV) { $tried++; print "$_\\n" if sysopen my $file, $_, O_WRONLY } print "tried\\n" if $tried' {} +`
    const find = `find /proc -mindepth 1 -path '/proc/[0-9]*' -prune -o -type f -perm /222 -exec ${open}; [ ! -e /sys ] || ls -A /sys`
    for (const namespace of [edit, { mounts: true }, {}])
      expect([...new Set((await inside(`{ ${find}; } 2>/dev/null`, namespace)).split('\n'))]).toEqual([
        'tried',
      ])
  })

  test('by no other way to the same', async () => {
    const ways = [
      'mount -o remount,rw /proc/sys',
      'mount -o remount,bind,rw /proc/sys',
      'umount /proc/sys',
      'umount -l /proc',
      'mount -t proc proc /tmp',
      'mount -t sysfs -o rw sysfs /tmp',
      'mount -t cgroup2 none /tmp',
      'mknod /tmp/disk b 7 0',
      'mknod /tmp/memory c 1 1',
      'unshare --mount --pid --fork mount -t proc proc /tmp',
      'unshare --user --map-root-user --mount --pid --fork mount -t proc proc /tmp',
      'unshare --user --map-root-user --mount --net --pid --fork mount -t sysfs -o rw sysfs /tmp',
    ]
    const tried = ways.map((way) => `${way} 2>/dev/null && echo '${way}'`).join('\n')
    expect(await inside(`${tried}\n:`, { mounts: true })).toBe('')
    expect(await inside(`${tried}\n:`, edit)).toBe('')
  })

  test('makers of trees mount what they need', async () => {
    const script = `mkdir /tmp/a /tmp/b; mount -t tmpfs none /tmp/a; mount --rbind /proc /tmp/b && ls -d /tmp/b/self`
    expect(await inside(script, { mounts: true })).toBe('/tmp/b/self')
  })
})

describe('the terminal of the person', () => {
  test('is not there: a step has a session of its own and no /dev/tty', async () => {
    expect(await inside('ls /dev/tty; cut -d " " -f 6 /proc/self/stat', { mounts: true })).toMatch(
      /^[1-9]\d*\nls: .*No such/,
    )
    expect(await inside('(: </dev/tty) 2>/dev/null && echo open || echo none', edit)).toBe('none')
  })

  test('nobody types into a terminal, not even one of his own', async () => {
    const script = `perl -e 'open my $t, "+<", "/dev/ptmx" or die; my $c = "x"; print ioctl($t, 0x5412, $c) ? "typed" : "$!"'`
    expect(await inside(script)).toBe('Operation not permitted')
    expect(await inside(script, edit)).toBe('Operation not permitted')
  })

  test('a shell gets one of its own, of the same size, with its exit status', async () => {
    const child = startChild(new URL('./children/shell.ts', import.meta.url), [], onTerminal(33, 111))
    expect(await child.ended, child.output()).toBe(7)
    // the outer terminal shows the end of its input
    const [outer, within, rows] = child.output().replaceAll('^@', '').split(/\r?\n/)
    expect(outer).toMatch(/^outer \d+:\d+$/)
    expect(within).toMatch(/^inner \d+:\d+$/)
    expect(within!.slice(6)).not.toBe(outer!.slice(6))
    expect(rows).toBe('33 111')
  })
})

test('what is mounted below a readable directory is readable only', async () => {
  const directory = temporary({ 'below/x': '' })
  const MOUNT_SETATTR = 442
  // the second is a kernel before 5.12
  for (const kernel of [[], withoutCall(MOUNT_SETATTR)]) {
    const wrapper = [...onTmpfs(join(directory, 'below'), 'mode=777'), ...kernel]
    const child = startChild(new URL('./children/below.ts', import.meta.url), [directory], wrapper)
    expect(await child.ended, child.output()).toBe(0)
    expect(child.output()).toBe('refused\n')
  }
  expect(readdirSync(join(directory, 'below'))).toEqual(['x'])
})

test('the keys of whoever builds are not those of a step', async () => {
  // add_key(2) to the session's
  const add = `perl -e 'my ($type, $name, $value) = (map "$_\\0", "user", "antidote-test", "x");
  print syscall(248, $type, $name, $value, 1, -3) == -1 ? $! : "added"'`
  for (const namespace of [{}, edit, { mounts: true }])
    expect(await inside(add, namespace)).toBe('Operation not permitted')
})

/** A program that has two sockets, and the address of an abstract one. */
const withSockets = (name: string, program: string): string =>
  `use Socket; my $at = pack "S a108", AF_UNIX, "\\0${name}";
  socket my $socket, AF_UNIX, SOCK_STREAM, 0; socket my $own, AF_UNIX, SOCK_STREAM, 0; ${program}`

const LISTEN = 'bind $own, $at; listen $own, 1;'

/** A script that connects to an abstract socket, after `first`. */
const connecting = (name: string, first = ''): string =>
  `perl -e '${withSockets(name, `${first} print connect($socket, $at) ? "reached" : $!`)}'`

test('abstract sockets of the host are out of reach, where the kernel can do that; those of a step are not', async () => {
  const name = `antidote-test-${process.pid}`
  // not Node.js: its versions pad the name differently
  const listening = withSockets(name, `${LISTEN} $| = 1; print "listens"; sleep`)
  const server = spawn('perl', ['-e', listening], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(server.stdout, 'data')
  try {
    const { stdout } = await runIn({ operations: [{ host: true }] })([
      'perl',
      '-e',
      // Landlock's version; the sixth came with Linux 6.12
      'print syscall(444, 0, 0, 1) >= 6 ? "Operation not permitted" : "reached"',
    ])
    expect(await inside(connecting(name), { ...edit, network: 'host' })).toBe(stdout)
    const own = connecting(`${name}-own`, LISTEN)
    expect(await inside(own, { ...edit, network: 'host' })).toBe('reached')
  } finally {
    server.kill()
  }
})

test('the mask, the variables and the locale are the same whoever builds', async () => {
  const before = process.umask(0o077)
  process.env.BASH_ENV = process.env.PERL5OPT = '/nonexistent'
  process.env.LC_ALL = process.env.TZ = 'nowhere'
  try {
    expect(await inside('umask; env | sort | grep -v PWD; stat -c %a /tmp /run /root /var/tmp')).toBe(
      '0022\nHOME=/root\nLANG=C.UTF-8\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n1777\n755\n755\n1777',
    )
  } finally {
    process.umask(before)
    for (const name of ['BASH_ENV', 'PERL5OPT', 'LC_ALL', 'TZ']) delete process.env[name]
  }
})

test('variables arrive as they are, whatever they are called and hold', async () => {
  const environment = { 'odd.name-1': 'a=b\nc', EMPTY: '' }
  const { stdout } = await runIn({ operations: [{ host: true }], environment })(['env', '-0'])
  expect(stdout.split('\0')).toEqual(expect.arrayContaining(['odd.name-1=a=b\nc', 'EMPTY=']))
})

test('variables are not among the arguments, which every user can read', async () => {
  const environment = { HTTP_PROXY: 'http://ada:hidden@proxy.example' }
  const child = startChild(new URL('./children/environment.ts', import.meta.url), [
    JSON.stringify(environment),
  ])
  await child.said('started')
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      } catch {
        return ''
      }
    })
  expect(
    commands.filter((command) => command.includes('ada:hidden') && !command.includes('environment.ts')),
  ).toEqual([])
})
