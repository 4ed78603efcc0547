import { expect, test } from 'vitest'
import { deadAnchors } from '../../docs/.vitepress/anchors.ts'
import { slug } from '../../docs/.vitepress/slug.ts'
import { temporary, write } from '../support/directory.ts'

test('a link to a part of a page that is not there is found, on every kind of page', () => {
  const directory = temporary()
  write(directory, {
    'index.html': '<h2 id="here">x</h2><a href="#here">good</a> <a class="x" href="#gone">bad</a>',
    'guide/run.html':
      '<h2 id="a-vendors-disk">x</h2><a href="/#here">good</a> <a href="/guide/no-page#here">bad</a>',
    'guide/index.html': '<a href="./run#a-vendors-disk">good</a> <a href="/guide/run#other">bad</a>',
    'out.html': '<a href="https://example.com/#part">elsewhere</a> <a href="/guide/#none">bad</a>',
  })
  expect(deadAnchors(directory).sort()).toEqual([
    '/: #gone',
    '/guide/: /guide/run#other',
    '/guide/run: /guide/no-page#here',
    '/out: /guide/#none',
  ])
})

test.each([
  ["A vendor's disk", 'a-vendors-disk'],
  ['`machine.json`', 'machinejson'],
  ['Two commands', 'two-commands'],
  ['--on-error=keep', '--on-errorkeep'],
])('an anchor is what GitHub makes of the heading: %s', (title, anchor) => {
  expect(slug(title)).toBe(anchor)
})
