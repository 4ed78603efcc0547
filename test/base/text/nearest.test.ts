import { expect, test } from 'vitest'
import { nearest } from '../../../core/base/text/nearest.ts'

const KNOWN = ['name', 'install', 'machine', 'files', 'ports']

test.each([
  ['instal', 'install'],
  ['INSTALL', 'install'],
  ['machin', 'machine'],
  ['prots', 'ports'],
  ['nmae', 'name'],
])('%s is meant to be %s', (word, meant) => {
  expect(nearest(word, KNOWN)).toBe(meant)
})

test('a word that is like nothing gives nothing', () => {
  expect(nearest('zzzzzzzz', KNOWN)).toBeUndefined()
  expect(nearest('x', [])).toBeUndefined()
})
