import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unreadable } from '../../../plugins/ansible/errors.ts'
import { linksOut } from '../../../plugins/ansible/links.ts'
import { temporary } from '../../support/directory.ts'

const make = () => {
  const top = temporary({
    'shared/web/tasks/main.yml': '',
    'play/site.yml': '',
    'play/roles/own/tasks/main.yml': '',
    'play/roles/own/files/x': '',
  })
  symlinkSync('../../shared/web', join(top, 'play/roles/web'))
  symlinkSync('../files/x', join(top, 'play/roles/own/tasks/x'))
  symlinkSync('nowhere', join(top, 'play/roles/broken'))
  return top
}

const NOT_FOUND = (top: string) =>
  `[ERROR]: the role 'web' was not found in ${top}/play/roles:${top}/play\nOrigin: ${top}/play/site.yml:3:7\n`

test('links that lead out of all that a playbook sees are found', () => {
  const top = make()
  const web = { path: join(top, 'play/roles/web'), target: join(top, 'shared/web') }
  expect(linksOut([join(top, 'play')])).toEqual([web])
  expect(linksOut([join(top, 'play'), join(top, 'shared')])).toEqual([])
  // what is named is seen by its content, also where it is a link
  symlinkSync('play', join(top, 'alias'))
  expect(linksOut([join(top, 'alias')])).toEqual([web])
})

test('a role that is one is called that', () => {
  const top = make()
  const playbook = { path: join(top, 'play/site.yml'), readable: [join(top, 'play')] }
  expect(unreadable(playbook, 1, '', NOT_FOUND(top))).toMatchObject({
    code: 'ANSIBLE_PLAYBOOK',
    message: `ansible cannot run site.yml: ${top}/play/roles/web is a link that leads out of what the playbook sees, to ${top}/shared/web.`,
    details: {
      hint: `Copy it there, or name ${top}/shared/web in "files".`,
      place: { file: `${top}/play/site.yml`, line: 3 },
    },
  })
})

test('so are the roles of a directory that is one', () => {
  const top = temporary({ 'shared/web/tasks/main.yml': '', 'play/site.yml': '' })
  symlinkSync('../shared', join(top, 'play/roles'))
  const playbook = { path: join(top, 'play/site.yml'), readable: [join(top, 'play')] }
  expect(unreadable(playbook, 1, '', NOT_FOUND(top)).message).toContain('play/roles is a link that leads out')
})

test('a role that is nowhere is not found, whatever other links there are', () => {
  const top = make()
  mkdirSync(join(top, 'play/group_vars'))
  const playbook = { path: join(top, 'play/site.yml'), readable: [join(top, 'play')] }
  const error = unreadable(playbook, 1, '', NOT_FOUND(top).replace("'web'", "'db'"))
  expect(error.message).toContain("the role 'db' was not found in")
  expect(error.details.hint).toBe('A playbook sees the files of its own directory, and what "files" names.')
})
