import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { repository } from '../../docs/.vitepress/repository.ts'
import { temporary } from '../support/directory.ts'
import { listed, read, root } from '../support/docs.ts'

const here = process.cwd()
afterAll(() => process.chdir(here))

test('the first page has a picture, and the site an icon', () => {
  const [, picture] = /^ {4}src: \/(.+)$/m.exec(read('docs/index.md'))!
  const [, icon] = /rel: 'icon'.*href: '\/(.+?)'/.exec(read('docs/.vitepress/config.ts'))!
  for (const file of [picture!, icon!]) expect(existsSync(join(root, 'docs/public', file))).toBe(true)
})

test.each([
  ['https://git.example/labs/antidote.git', 'https://git.example/labs/antidote'],
  ['git@git.example:labs/antidote.git', 'https://git.example/labs/antidote'],
  ['ssh://git@git.example/labs/antidote', 'https://git.example/labs/antidote'],
  ['https://me:secret@git.example/labs/antidote', undefined],
  ['/srv/antidote.git', undefined],
])('the site of a clone of %s links to %s', (origin, page) => {
  process.chdir(temporary())
  execFileSync('git', ['init', '--quiet'])
  execFileSync('git', ['remote', 'add', 'origin', origin])
  expect(repository()).toBe(page)
})

test('what is shown, and what init writes, publishes ports on this machine alone', async () => {
  const files = [
    ...(await listed('docs', '.md')),
    ...(await listed('core/cli/init/templates', '')),
    'README.md',
  ]
  const published = files
    .filter((file) => /\.(md|ts|tmpl|json|sh)$|Makefile$/.test(file))
    .flatMap((file) =>
      [...read(file).matchAll(/ (?:-p|--publish) ([\w.:]+:\d+)| ports: \['([\w.:]+:\d+)'/g)].map(
        ([, option, entry]) => `${file} ${option ?? entry}`,
      ),
    )
  expect(published.length).toBeGreaterThan(8)
  expect(published.filter((line) => !/ 127\.0\.0\.1:/.test(line))).toEqual([])
})
