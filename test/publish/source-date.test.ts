import { execFileSync } from 'node:child_process'
import { symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ImageInput } from '../../core/contract/config/input.ts'
import { NO_SOURCE_DATE, sourceDate, sourceFiles } from '../../core/publish/source-date.ts'
import { temporary, write } from '../support/directory.ts'
import { disk, imageOf, planOf } from '../support/image.ts'

const of = (
  directory: string,
  input: Partial<ImageInput> = {},
  { env = {}, files = [] }: { env?: NodeJS.ProcessEnv; files?: readonly string[] } = {},
) => sourceDate(imageOf([disk()], input, directory), { env, files })

/** Files that were last changed in these seconds since 1970. */
const changedAt = (directory: string, times: Record<string, number>) => {
  write(directory, Object.fromEntries(Object.keys(times).map((name) => [name, name])))
  for (const [name, time] of Object.entries(times)) utimesSync(join(directory, name), time, time)
}

/** Commits everything in a repository at this time. */
const commit = (directory: string, date: string) => {
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x', '-c', 'commit.gpgSign=false']
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', directory, ...words], {
      env: { PATH: process.env.PATH, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date, HOME: directory },
    })
  git('add', '--all')
  git(...identity, 'commit', '--quiet', '--message', 'x')
}

/** A repository with two images that were changed at different times. */
const repository = () => {
  const directory = temporary({ 'one/a': 'a' })
  execFileSync('git', ['init', '--quiet', directory])
  commit(directory, '2026-01-02T03:04:05Z')
  write(directory, { 'two/b': 'b' })
  commit(directory, '2026-05-06T07:08:09Z')
  return directory
}

test('is that of the last commit in the directory of the image', async () => {
  const directory = repository()
  expect(await of(join(directory, 'one'))).toBe('2026-01-02T03:04:05.000Z')
  expect(await of(join(directory, 'two'))).toBe('2026-05-06T07:08:09.000Z')
  expect(await of(directory)).toBe('2026-05-06T07:08:09.000Z')
})

test('is not moved by what is not committed', async () => {
  const directory = repository()
  write(directory, { 'one/a': 'changed', 'one/new': '' })
  expect(await of(join(directory, 'one'))).toBe('2026-01-02T03:04:05.000Z')
})

test('is that of the newest file which is used, where git knows nothing of the directory', async () => {
  const config = { 'antidote.config.ts': 1_700_000_000 }
  const plain = temporary()
  changedAt(plain, {
    ...config,
    'install.sh': 1_700_000_001.9,
    'keys/a/b': 1_700_000_002,
    unused: 1_800_000_000,
  })
  expect(await of(plain)).toBe('2023-11-14T22:13:20.000Z')
  expect(await of(plain, {}, { files: ['install.sh'] })).toBe('2023-11-14T22:13:21.000Z')
  symlinkSync('../unused', join(plain, 'keys/link'))
  expect(await of(plain, {}, { files: ['install.sh', 'keys', 'gone'] })).toBe('2023-11-14T22:13:22.000Z')
  // the same input elsewhere has the same time
  const copy = temporary()
  execFileSync('cp', ['-a', '--', `${plain}/.`, copy])
  expect(await of(copy, {}, { files: ['install.sh', 'keys'] })).toBe('2023-11-14T22:13:22.000Z')

  execFileSync('git', ['init', '--quiet', plain])
  expect(await of(plain)).toBe('2023-11-14T22:13:20.000Z')
  const directory = repository()
  changedAt(join(directory, 'three'), config)
  expect(await of(join(directory, 'three'))).toBe('2023-11-14T22:13:20.000Z')
})

test('is fixed where no time can be known', async () => {
  expect(await of(temporary())).toBe(NO_SOURCE_DATE)
  const directory = temporary()
  changedAt(directory, { 'antidote.config.ts': 0 })
  expect(await of(directory)).toBe(NO_SOURCE_DATE)
})

test('counts the files that the steps of an image use', () => {
  const directory = temporary({
    'install.sh!': '#!/bin/sh\n',
    'keys/a': 'a',
    'test.sh!': '#!/bin/sh\n',
    other: '',
  })
  const image = imageOf(
    [disk()],
    { install: 'install.sh', test: 'test.sh', files: [{ from: 'keys', to: '/k' }] },
    directory,
  )
  expect(sourceFiles(planOf(image)).sort()).toEqual(['install.sh', 'keys', 'test.sh'])
})

test('is what the config says before git, and what the environment says before both', async () => {
  const one = join(repository(), 'one')
  expect(await of(one, { created: '2026-11-30' })).toBe('2026-11-30T00:00:00.000Z')
  expect(await of(one, { created: '2026-11-30T12:00:00+02:00' })).toBe('2026-11-30T10:00:00.000Z')
  expect(await of(one, { created: '2026-11-30' }, { env: { SOURCE_DATE_EPOCH: '1767322445' } })).toBe(
    '2026-01-02T02:54:05.000Z',
  )
})

test.each(['yesterday', '-1', '1e9', '253402300800', '12:00'])('is not %s', async (value) => {
  await expect(of('/nowhere', {}, { env: { SOURCE_DATE_EPOCH: value } })).rejects.toMatchObject({
    code: 'SOURCE_DATE',
    details: { exitCode: 2 },
  })
})

test('runs no program that a repository names', async () => {
  const directory = repository()
  const trap = join(directory, 'trap')
  write(directory, { 'run!': `#!/bin/sh\ntouch ${trap}\nexit 1\n` })
  for (const [name, value] of [
    ['log.showSignature', 'true'],
    ['gpg.program', join(directory, 'run')],
    ['core.pager', join(directory, 'run')],
    ['core.fsmonitor', join(directory, 'run')],
  ])
    execFileSync('git', ['-C', directory, 'config', name!, value!])
  expect(await of(directory)).toBe('2026-05-06T07:08:09.000Z')
  expect(() => execFileSync('ls', [trap], { stdio: 'ignore' })).toThrow()
})
