import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startAptRepository } from './apt-repository.ts'
import { antidote, antidoteJson, imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

test('packages of other sources, checked with their key: a server and a directory of the host', async () => {
  const { line, key, server } = await startAptRepository(work, 'antidote-example')
  try {
    const repository = join(work, 'repository')
    const withOptions = line.replace('deb ', 'deb [arch=amd64] ')
    const settings = `use: [debian({ kernel: 'distro', locale: 'de_DE.UTF-8', user: 'operator', packages: ['antidote-example'],
      sources: [{ line: '${withOptions}', key: 'key.asc' }, { line: 'deb file:${repository} ./', key: 'key.asc' }] })]`
    const image = imageDirectory(work, 'sourced', settings, { 'key.asc': key })
    const { stdout, stderr } = await antidote([
      '-C',
      image,
      'shell',
      'bootstrap',
      '--',
      'sh',
      '-c',
      `apt-get -qq -o APT::Sandbox::User=root update && cat /opt/antidote-example && ls ${repository}`,
    ])
    expect(stdout, stderr).toBe('from another source\nInRelease\nPackages\nRelease\nantidote-example.deb\n')
    // the user has the name of a group, and the locale is not in the base
    const look = 'su - operator -c "locale; touch file; stat -c %U:%G file; id -nG" 2>&1'
    const seen = await antidote(['-C', image, 'shell', 'rootfs', '--', 'sh', '-c', look])
    expect(seen.stdout, seen.stderr).toMatch(/^LANG=de_DE\.UTF-8\n/)
    expect(seen.stdout).toMatch(/\noperator:operator\noperator sudo\n$/)
    expect(seen.stdout).not.toMatch(/cannot|warning/i)
    const other = imageDirectory(work, 'mistrusting', settings, { 'key.asc': '' })
    const { error } = await antidoteJson<{ error: { code: string } }>([
      '-C',
      other,
      'build',
      '--until',
      'bootstrap',
    ])
    expect(error.code).toBe('MIRROR_UNTRUSTED')
  } finally {
    server.close()
  }
})
