import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { passedTests, standInImage } from './centos/images.ts'
import { type Repository, startRepository } from './centos/repository.ts'
import { antidote, imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()
let repository: Repository

beforeAll(async () => {
  repository = await startRepository()
})
afterAll(() => repository?.server.close())

/** The patched source is what runs, from its rpm, and it has what the distribution's own kernel lacks. */
const TEST_MINIMAL = `#!/bin/sh
set -eu
uname -r | grep -x '6[.]12[.].*-stand-in-antidote'
rpm -V --nomtime kernel-antidote
grep ' /antidote 9p ' /proc/mounts
`

test('the minimal kernel is compiled from the source package of the distribution, patched, and takes lesson files', async () => {
  // by a path that is the same in every run, so that it is compiled once
  const at = (name: string) => ({ name, baseurl: `file://${join(repository.path, name)}`, key: 'key.asc' })
  const options = { kernel: 'minimal', repositories: [at('os')], kernelSource: at('source') }
  const directory = imageDirectory(
    work,
    'e2e-centos-minimal',
    `use: centosEndpoint(${JSON.stringify(options)}), test: 'test.sh'`,
    { 'key.asc': repository.key, 'test.sh': TEST_MINIMAL },
  )
  expect(await passedTests(directory)).toBe(8)
  // two cores compile it in eight minutes, but others have work too
}, 2_400_000)

test('a release whose rpm has another database gets it from that rpm', async () => {
  const directory = standInImage(work, repository, 'e2e-centos-seven', { options: 'release: 7' })
  const script =
    'rpm -qa | wc -l; rpm -V --nomtime bash kernel-core; ls -A /var/lib/rpm; ls -d /var/cache/antidote*'
  const { stdout } = await antidote(['-C', directory, 'shell', 'rootfs', '--', 'sh', '-c', script])
  expect(Number(stdout.trim())).toBeGreaterThan(30)
})
