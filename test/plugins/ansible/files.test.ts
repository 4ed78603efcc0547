import { secret } from 'antidote'
import { ansible } from 'antidote/plugins'
import { expect, test } from 'vitest'
import { playbookFiles } from '../../../plugins/ansible/files.ts'
import { temporary, write } from '../../support/directory.ts'
import { disk, imageOf, keysOf, planOf } from '../../support/image.ts'

const keyOf = (directory: string, options: object = {}) =>
  keysOf(imageOf([disk(), ansible({ playbook: 'site.yml', ...options })], {}, directory))[
    'provision ansible site.yml'
  ]

test('a playbook beside the config has what there is of the layout of ansible, and what is named', () => {
  const directory = temporary({
    'antidote.config.ts': '',
    'site.yml': '',
    'more.yaml': '',
    'notes.txt': '',
    'roles/a/tasks/main.yml': '',
    'group_vars/all.yml': '',
    '.git/HEAD': '',
  })
  const found = ['group_vars', 'more.yaml', 'roles', 'site.yml']
  expect(playbookFiles(directory, 'site.yml')).toEqual(found)
  expect(playbookFiles(directory, 'site.yml', ['notes.txt'])).toEqual([...found, 'notes.txt'].sort())
})

test('one in a directory of its own has all of it', () => {
  const directory = temporary({ 'play/site.yml': '', 'play/notes.txt': '' })
  expect(playbookFiles(directory, 'play/site.yml')).toEqual(['play', 'play/site.yml'])
})

test('one that is not there is missed by name', () => {
  expect(() => planOf(imageOf([disk(), ansible({ playbook: 'site.yml' })]))).toThrow(
    expect.objectContaining({ code: 'INPUT_MISSING', message: expect.stringContaining('site.yml') }),
  )
})

test('all that it reads and is given is in its key, secrets by their digest, and nothing else', () => {
  const directory = temporary({ 'site.yml': 'a', 'roles/a/files/x': '1', 'README.md': '' })
  const key = keyOf(directory)
  write(directory, { 'README.md': 'more', 'test.sh': '' })
  expect(keyOf(directory)).toBe(key)
  write(directory, { 'roles/a/files/x': '2' })
  const changed = keyOf(directory)
  expect(changed).not.toBe(key)
  const others = [
    { extraVars: { a: secret('one') } },
    { extraVars: { a: secret('two') } },
    { vaultPassword: secret('one') },
    { tags: ['x'] },
    { groups: ['web'] },
    { idempotent: true },
  ]
  expect(new Set([changed, ...others.map((options) => keyOf(directory, options))]).size).toBe(7)
  const image = imageOf(
    [disk(), ansible({ playbook: 'site.yml', extraVars: { a: { b: [secret('one-of-mine')] } } })],
    {},
    directory,
  )
  expect(JSON.stringify(planOf(image).provision.map(({ described }) => described))).not.toContain(
    'one-of-mine',
  )
})
