import { expect, test } from 'vitest'
import { antidote, antidoteJson, imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

/** One root file system for all. */
const USE = "use: [debian({ hostname: 'provision' })]"

/** What a command prints in the tree of an image as it was provisioned. */
const seen = async (image: string, script: string) => {
  const { code, stdout, stderr } = await antidote([
    '-C',
    image,
    'shell',
    'provision',
    '--',
    'sh',
    '-c',
    script,
  ])
  expect(code, stderr).toBe(0)
  return stdout
}

test('an image sets its own resolver, and names resolve in every step', async () => {
  const image = imageDirectory(
    work,
    'resolver',
    `${USE}, files: [{ from: 'resolv.conf', to: '/etc/resolv.conf' }], pre: 'pre.sh', install: 'install.sh', post: 'post.sh'`,
    {
      'resolv.conf': 'nameserver 192.0.2.1\n',
      // nobody answers there
      'pre.sh': `#!/bin/sh
set -eu
grep -q 192.0.2.1 /etc/resolv.conf
echo 'nameserver 192.0.2.2' >/etc/resolv.conf
apt-get -q update
`,
      'install.sh': `#!/bin/sh
set -eu
! grep -q 192.0.2.1 /etc/resolv.conf
cp /etc/resolv.conf /etc/seen
apt-get -q -y install --no-install-recommends systemd-resolved
apt-get -q update
`,
      'post.sh': '#!/bin/sh\nset -eu\necho 192.0.2.9 db >>/etc/hosts\napt-get -q update\n',
    },
  )
  const built = await antidoteJson<{ error?: unknown }>(['-C', image, 'build', '--until', 'provision'])
  expect(built.error).toBeUndefined()
  expect(await seen(image, 'readlink /etc/resolv.conf; cat /etc/seen; tail -n 1 /etc/hosts')).toBe(
    '../run/systemd/resolve/stub-resolv.conf\nnameserver 192.0.2.2\n192.0.2.9 db\n',
  )
})

test("the author's configuration file stays when its package comes, and a script prints what it likes", async () => {
  const image = imageDirectory(
    work,
    'conffile',
    `${USE}, files: [{ from: 'lldpd', to: '/etc/default/lldpd' }], install: 'install.sh'`,
    {
      lldpd: 'DAEMON_ARGS="-c"\n',
      'install.sh': `#!/bin/sh
set -eu
yes 'a line of much output' | head -c 70000000
echo
apt-get -q update
apt-get -q -y install --no-install-recommends lldpd
`,
    },
  )
  const built = await antidoteJson<{ error?: unknown }>(['-C', image, 'build', '--until', 'provision'])
  expect(built.error).toBeUndefined()
  expect(await seen(image, 'cat /etc/default/lldpd; dpkg -s lldpd | grep Status')).toBe(
    'DAEMON_ARGS="-c"\nStatus: install ok installed\n',
  )
})

test('packages that are only half installed are named before a disk is made of them', async () => {
  const image = imageDirectory(work, 'half', `${USE}, install: 'install.sh'`, {
    'install.sh': `#!/bin/sh
apt-get -q update
cd /tmp
apt-get -q download lsof
dpkg --unpack lsof*.deb
exit 0
`,
  })
  const { error } = await antidoteJson<{ error: { code: string; message: string } }>(['-C', image, 'build'])
  expect(error).toMatchObject({
    code: 'PACKAGES_UNFINISHED',
    message: 'A package is only half installed after provisioning: lsof.',
  })
})

test('a script that cannot start says why', async () => {
  const scripted = (name: string, script: string) =>
    imageDirectory(work, name, `${USE}, install: 'install.sh'`, { 'install.sh': script })
  const hintOf = async (image: string) =>
    (await antidoteJson<{ error: { code: string; hint: string } }>(['-C', image, 'build'])).error
  expect(await hintOf(scripted('windows', '#!/bin/sh\r\ntrue\r\n'))).toMatchObject({
    code: 'SCRIPT_FAILED',
    hint: expect.stringContaining('CR LF'),
  })
  expect(await hintOf(scripted('snake', '#!/usr/bin/python3\nprint()\n'))).toMatchObject({
    code: 'SCRIPT_FAILED',
    hint: expect.stringContaining('names /usr/bin/python3, which the guest does not have'),
  })
})
