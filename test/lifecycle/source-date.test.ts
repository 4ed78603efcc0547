import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ImageInput } from '../../core/config/input.ts'
import { NO_SOURCE_DATE, sourceDate } from '../../core/lifecycle/source-date.ts'
import { temporary, write } from '../support/directory.ts'
import { disk, imageOf } from '../support/image.ts'

const of = (directory: string, input: Partial<ImageInput> = {}, env: NodeJS.ProcessEnv = {}) =>
  sourceDate(imageOf([disk()], input, directory), { env })

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

test('is fixed where git knows nothing of the directory', async () => {
  const directory = repository()
  write(directory, { 'three/c': 'c' })
  expect(await of(join(directory, 'three'))).toBe(NO_SOURCE_DATE)
  expect(await of(temporary({ a: 'a' }))).toBe(NO_SOURCE_DATE)
  const empty = temporary()
  execFileSync('git', ['init', '--quiet', empty])
  expect(await of(empty)).toBe(NO_SOURCE_DATE)
  rmSync(join(directory, '.git'), { recursive: true })
  expect(await of(join(directory, 'one'))).toBe(NO_SOURCE_DATE)
})

test('is what the config says before git, and what the environment says before both', async () => {
  const one = join(repository(), 'one')
  expect(await of(one, { created: '2026-11-30' })).toBe('2026-11-30T00:00:00.000Z')
  expect(await of(one, { created: '2026-11-30T12:00:00+02:00' })).toBe('2026-11-30T10:00:00.000Z')
  expect(await of(one, { created: '2026-11-30' }, { SOURCE_DATE_EPOCH: '1767322445' })).toBe(
    '2026-01-02T02:54:05.000Z',
  )
})

test.each(['yesterday', '-1', '1e9', '253402300800', '12:00'])('is not %s', async (value) => {
  await expect(of('/nowhere', {}, { SOURCE_DATE_EPOCH: value })).rejects.toMatchObject({
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
