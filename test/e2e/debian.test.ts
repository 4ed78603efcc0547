import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../core/base/files/digest.ts'
import { storeDirectory } from '../../core/store/read.ts'
import { antidote, antidoteJson, CLI, command, imageDirectory, must, storeWithTools } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

interface Built {
  artifact: { kind: string; digest: string; path: string; bytes: number }
}
interface Tested {
  passed: number
  failed: number
  tests: { name: string; ok: boolean; message?: string }[]
}

const work = temporaryDirectory()

/** The common tasks, which look first: the second time they change nothing. */
const tasks = (service: string) => `definePlugin({
  name: 'tasks',
  version: '1',
  apply: ({ test }) => test.tap('tasks', async ({ guest, spec }) => {
    const all = async () => [
      await tasks.setHostname(guest, 'other'),
      await tasks.setAddresses(guest, 'eth1', ['10.1.0.1/24']),
      await tasks.ensureUser(guest, { name: 'ada', password: 'x y', groups: ['sudo'], shell: '/bin/bash' }),
      await tasks.ensureFile(guest, { to: '/srv/a b', content: 'x', mode: 0o600, owner: 'ada' }),
    ]
    const [first, second] = [await all(), await all()]
    if (first.includes(false) || second.includes(true)) throw new Error(first + ' and then ' + second)
    const { stdout } = await guest.exec(['sh', '-c', 'hostname; stat -c "%a %U" "/srv/a b"'], { root: true })
    if (stdout !== 'other\\n600 ada\\n') throw new Error(stdout)
    await tasks.setAddresses(guest, 'eth1', [])
    await tasks.setHostname(guest, spec.hostname)
    await tasks.restartService(guest, '${service}')
    await tasks.waitForPort(guest, 22)
    await tasks.waitForRoute(guest, 'default', { gateway: '10.0.0.2' })
  }),
})`

describe.each([
  [
    'minimal kernel and init',
    `use: [debian(), ${tasks('sshd')}], machine: { outgoing: 'all' }, test: 'test.sh'`,
  ],
  ['e1000 cards', "use: [debian()], machine: { nic: 'e1000', memory: '256M' }, test: 'test.sh'"],
  [
    'bookworm, cloud kernel, systemd',
    `use: [debian({ suite: 'bookworm', kernel: 'distro', init: 'systemd' }), ${tasks('ssh')}], machine: { outgoing: 'all' }, test: 'test.sh'`,
  ],
  [
    'cloud kernel, minimal init, own names',
    "use: [debian({ kernel: 'distro', hostname: 'box', user: 'lab', password: 'a b\"$c' })], test: 'test.sh'",
  ],
])('%s', (title, settings) => {
  test('passes every standard test and its own', async () => {
    const name = `debian-${title.replace(/\W+/g, '-').toLowerCase()}`
    const files = { 'test.sh': '#!/bin/sh\nset -eu\nping -c 1 -W 5 10.0.0.2\nid\n' }
    const image = imageDirectory(work, name, settings, files, "import { tasks } from 'antidote'")
    const report = await antidoteJson<Tested>(['-C', image, 'test'])
    expect(report.tests.filter(({ ok }) => !ok)).toEqual([])
    expect(report.passed).toBe(settings.includes('tasks') ? 9 : 8)
    expect(report.code).toBe(0)
  })
})

test('two builds from empty stores give the same bytes, whoever runs them and where', async () => {
  const files = "files: [{ from: 'site', to: '/srv/site' }, { from: 'motd', to: '/etc/motd.d/lab' }]"
  const image = imageDirectory(work, 'same', `use: [debian()], ${files}, install: 'install.sh'`, {
    'install.sh': `#!/bin/sh
set -eu
apt-get update
apt-get install -y jq
date >/etc/built
rm /etc/built
mkdir /srv/made
{ umask; env | sort; pwd; date +%Z; } >/srv/made/surroundings
`,
    'site/page': 'page',
    motd: 'motd',
  })
  const callers = [
    { script: 'umask 022; exec "$@"', cwd: work, env: {} },
    {
      script: 'umask 077; exec "$@"',
      cwd: '/',
      env: {
        TZ: 'Asia/Tokyo',
        LANG: 'de_DE.UTF-8',
        LC_ALL: 'tr_TR.UTF-8',
        TAR_OPTIONS: '--mode=0',
        IFS: '/',
      },
    },
  ]
  const digests = await Promise.all(
    callers.map(async ({ script, cwd, env: own }, index) => {
      const env = { ...process.env, ...own, ANTIDOTE_CACHE_DIR: await storeWithTools(work, `store-${index}`) }
      const argv = ['sh', '-c', script, 'sh', process.execPath, CLI, '--json', '-C', image, 'build']
      return (JSON.parse(await must(argv, { cwd, env })) as Built).artifact.digest
    }),
  )
  expect(digests[0]).toBe(digests[1])
})

test('a change in install.sh runs provision and what comes after it, and explain says why', async () => {
  // nobody has built this before
  const scripted = (script: string) =>
    imageDirectory(work, 'changing', "use: [debian()], install: 'install.sh'", {
      'install.sh': `#!/bin/sh\n# ${process.pid} ${Date.now()}\n${script}\n`,
    })
  const image = scripted('true')
  await antidoteJson(['-C', image, 'build'])
  scripted('touch /etc/changed')
  const { stdout } = await antidote(['-C', image, 'explain'])
  expect(stdout).toContain('provision › antidote › install.sh\n  file install.sh changed\n')
  expect(stdout).not.toContain('rootfs')
  const { stages } = await antidoteJson<{ stages: { stage: string; cached: boolean }[] }>([
    '-C',
    image,
    'build',
  ])
  expect(stages.filter(({ cached }) => !cached).map(({ stage }) => stage)).toEqual(['provision', 'qcow2'])
})

test('shell opens a tree at any stage and boot runs a command in the machine', async () => {
  const image = imageDirectory(work, 'looking', 'use: [debian()]')
  const tree = await antidote([
    '-C',
    image,
    'shell',
    'bootstrap',
    '--',
    'sh',
    '-c',
    'cat /etc/debian_version; echo gone >/etc/gone',
  ])
  expect(tree.stdout).toMatch(/^13/)
  const again = await antidote([
    '-C',
    image,
    'shell',
    'rootfs',
    '--',
    'sh',
    '-c',
    'test ! -e /etc/gone && getent passwd antidote',
  ])
  expect(again.code).toBe(0)
  const machine = await antidote(['-C', image, 'boot', '--', 'uname', '-r'])
  expect(machine.stdout).toMatch(/-antidote\n$/)
  expect(machine.code).toBe(0)
  const file = join(work, 'output')
  const script = 'cat /usr/bin/true; sha256sum /usr/bin/true >&2; exit 7'
  const boot = [process.execPath, CLI, '-C', image, 'boot', '--', 'sh', '-c', script]
  const { code, stdout, stderr } = await command(['sh', '-c', 'exec "$@" >"$0"', file, ...boot])
  expect({ code, stdout }).toEqual({ code: 7, stdout: '' })
  expect(stderr).toContain(sha256(readFileSync(file)))
})

test('secrets end in no log, record or key', async () => {
  const word = `tiger-lily-${process.pid}-${Date.now()}`
  const licence = `LICENCE-${process.pid}-${Date.now()}`
  const image = imageDirectory(
    work,
    'secretive',
    `use: [debian({ password: secret('${word}') })], files: [{ from: 'licence', to: '/etc/licence', mode: '0600', secret: true }], install: 'install.sh'`,
    { licence: `${licence}\n`, 'install.sh': '#!/bin/sh\ncat /etc/licence\n' },
  )
  const { code, stderr } = await antidote(['-C', image, 'build'])
  expect(code).toBe(0)
  expect(stderr).not.toContain(licence)
  const found = await must([
    'sh',
    '-c',
    'grep -rlF -e "$1" -e "$2" "$3"/logs "$3"/history "$3"/steps/*/record.json || true',
    'sh',
    word,
    licence,
    storeDirectory(),
  ])
  expect(found).toBe('')
})
