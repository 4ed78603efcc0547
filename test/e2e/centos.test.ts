import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passedTests, standInImage } from './centos/images.ts'
import { type Repository, startRepository } from './centos/repository.ts'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import type { Published } from './endpoint-image.ts'
import { podmanEnvironment as env, podman } from './podman.ts'

const IMAGE = 'antidotelabs/e2e-centos:latest'
const work = temporaryDirectory()
let repository: Repository

interface Failed {
  error: { code: string; message: string; lines: string[]; log: string }
}

beforeAll(async () => {
  repository = await startRepository()
})
afterAll(async () => {
  repository?.server.close()
  await podman('rmi', '--force', '--ignore', IMAGE)
})

test.each([
  ['a package that nobody has', 'no-such', 'PACKAGE_UNKNOWN', /"no-such"/],
  ['a dependency that nobody has', 'needy', 'PACKAGE_DEPENDENCY', /needy-1-1\S* needs what-nobody-has/],
  ['a key that is not known', 'signed-by-a-stranger', 'MIRROR_UNTRUSTED', /signed-by-a-stranger/],
  ['another content than its sum says', 'tampered', 'CHECKSUM_MISMATCH', /tampered-1-1\S* has sha256/],
  ['a server that goes away', 'cut-off', 'DOWNLOAD_FAILED', /cut-off-1-1\S* cannot be downloaded/],
  [
    'a file of another package',
    'conflicting',
    'PACKAGE_CONFLICT',
    /conflicting-1-1\S* and nano-13\S* both have \/usr\/bin\/nano/,
  ],
  ['a script that fails', 'failing', 'PACKAGE_SCRIPT', /%pre\w* of failing-1-1/],
])('%s is one clear error', async (_, name, code, message) => {
  const directory = standInImage(work, repository, `e2e-centos-${name}`, { options: `packages: ['${name}']` })
  const { error, code: status } = await antidoteJson<Failed>([
    '-C',
    directory,
    'build',
    '--until',
    'bootstrap',
  ])
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)])
  expect(status).toBe(1)
  expect(readFileSync(error.log, 'utf8').trimEnd()).toMatch(new RegExp(`${code}: .*$`))
})

test('a repository that does not answer is named', async () => {
  const settings = `use: centosEndpoint({ mirror: 'http://127.0.0.1:1' })`
  const directory = imageDirectory(work, 'e2e-centos-away', settings)
  const { error } = await antidoteJson<Failed>(['-C', directory, 'build', '--until', 'bootstrap'])
  expect(error.code).toBe('MIRROR_UNREACHABLE')
  expect(error.message).toMatch(/"baseos" cannot be used: .*connect/i)
})

/** An image whose script sees the packages as a directory of the host, too; it is built up to this stage. */
const buildFromDirectory = (name: string, script: string, until: string) => {
  const baseurl = `file://${repository.path}/extras`
  const directory = standInImage(work, repository, name, {
    options: `sources: ${JSON.stringify([{ name: 'local', baseurl, key: 'key.asc' }])}`,
    settings: "install: 'install.sh'",
    files: { 'install.sh': `#!/bin/sh\nset -eu\n${script}\n` },
  })
  const args = ['-C', directory, 'build', '--until', until]
  return antidoteJson<{ artifact?: { path: string } } & Partial<Failed>>(args)
}

test('dnf in a script reads the repositories in directories of the host', async () => {
  const script = `dnf -y --disablerepo='*' --enablerepo=local install antidote-example
! touch ${repository.path}/extras/x`
  const { artifact, error } = await buildFromDirectory('e2e-centos-local', script, 'provision')
  expect(error).toBeUndefined()
  expect(readFileSync(join(artifact!.path, 'layer-0/opt/antidote-example'), 'utf8')).toContain(
    'antidote-example',
  )
})

test('packages that lack what they need are named before a disk is made of them', async () => {
  const script = `rpm --install --nodeps ${repository.path}/extras/needy-*.rpm`
  const { error } = await buildFromDirectory('e2e-centos-half', script, 'qcow2')
  expect(error).toMatchObject({
    code: 'PACKAGES_UNFINISHED',
    message: expect.stringContaining('after provisioning: needy'),
  })
})

const INSTALL = `#!/bin/sh
set -eu
dnf -y --disablerepo='*' --repofrompath=extras,__URL__/extras --setopt=extras.gpgcheck=1 install antidote-example
`

/** What Ansible finds out about a tree of the family, with the python3 that is in it. */
const PLAYBOOK = `- hosts: all
  tasks:
    - ansible.builtin.package_facts:
    - ansible.builtin.assert:
        that: "'openssh-server' in ansible_facts.packages"
    - ansible.builtin.copy:
        dest: /opt/distribution
        content: "{{ ansible_facts.distribution }} {{ ansible_facts.distribution_major_version }}"
`

/** What rpm finds in the guest: commands that are BusyBox's, and settings of ours. */
const TEST = `#!/bin/sh
set -eu
. /etc/os-release
[ "$ID $VERSION_ID" = 'centos 10' ]
grep -q antidote-example /opt/antidote-example
grep -x 'CentOS 10' /opt/distribution
rpm -q gpg-pubkey
sudo rpm -Va --nomtime | grep -Ev ' c /etc/| /usr/sbin/(halt|poweroff|reboot|shutdown)$' && exit 1
sudo dnf -y --disablerepo='*' --repofrompath=os,http://10.0.0.2:__PORT__/os --setopt=os.gpgcheck=1 install policycoreutils
rpm -V policycoreutils
sestatus
`

test('an image passes every test and its own, with rpm and dnf in the guest, and runs in podman', async () => {
  const fill = (text: string) =>
    text.replace('__URL__', repository.url).replace('__PORT__', String(repository.port))
  const settings = "install: 'install.sh', test: 'test.sh', machine: { memory: '512M', outgoing: 'all' }"
  const files = { 'install.sh': fill(INSTALL), 'test.sh': fill(TEST), 'site.yml': PLAYBOOK }
  const plugins = ", ansible({ playbook: 'site.yml' })"
  const directory = standInImage(work, repository, 'e2e-centos', { settings, plugins, files })
  expect(await passedTests(directory)).toBe(8)

  const args = ['-C', directory, 'publish', '--no-test', '--tag', IMAGE, '--load']
  const published = await antidoteJson<Published>(args, { env })
  const container = await Container.run('e2e-centos', { image: IMAGE })
  await container.ready()
  expect(await container.guest('cat /etc/redhat-release')).toContain('CentOS Stream release 10')
  // what runs the machine is the same in images of every distribution
  const debian = imageDirectory(work, 'e2e-debian', "use: [debian({ kernel: 'distro' })]")
  const other = await antidoteJson<Published>(['-C', debian, 'publish', '--no-test'], { env })
  const runtime = ({ layers }: Published) => layers.find(({ role }) => role === 'runtime')?.digest
  expect(runtime(published)).toBe(runtime(other))
})

/** What NetworkManager and SELinux made of the machine at its first start. */
const TEST_SYSTEMD = `#!/bin/sh
set -eu
systemctl is-active NetworkManager sshd
nmcli -t device | grep eth0:ethernet:connected
[ "$(cat /sys/fs/selinux/enforce)" = 1 ]
ls -Z /etc/passwd /usr/lib/antidote/keys
sudo ls -Z /etc/shadow | grep :shadow_t:
ls -Z /usr/lib/antidote/keys | grep :bin_t:
[ -z "$(find /etc /usr/bin /usr/sbin -context '*:unlabeled_t:*' -o -context '?')" ]
`

test('systemd, NetworkManager, and SELinux with labels from the first start on', async () => {
  const directory = standInImage(work, repository, 'e2e-centos-systemd', {
    options: "init: 'systemd', selinux: 'enforcing'",
    settings: "test: 'test.sh', machine: { memory: '512M' }",
    files: { 'test.sh': TEST_SYSTEMD },
  })
  expect(await passedTests(directory)).toBe(8)
})
