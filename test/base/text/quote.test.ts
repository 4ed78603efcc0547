import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { quote, quoteAll } from '../../../core/base/text/quote.ts'

const NASTY = [
  '',
  ' ',
  'plain',
  'a b',
  "it's",
  "''",
  '"',
  '$HOME',
  '`id`',
  '$(id)',
  '\\',
  '\\n',
  'a\nb',
  'a\r',
  '*',
  '~',
  '~root',
  '-n',
  '#x',
  '!',
  'a=b',
  ';',
  '&',
  '|',
  '<',
  '>',
  '(',
  '{a,b}',
  'é',
  '\u2028',
  '\x01',
  "'; touch /tmp/x; '",
  'tab\there',
]

test('every word reaches a command as it was', () => {
  const output = execFileSync('sh', ['-c', quoteAll(['printf', '%s\\0', ...NASTY])], { encoding: 'utf8' })
  expect(output.split('\0').slice(0, -1)).toEqual(NASTY)
})

test('plain words stay readable, and a NUL byte is refused', () => {
  expect(quoteAll(['ls', '-l', '/etc/hosts'])).toBe('ls -l /etc/hosts')
  expect(() => quote('a\0b')).toThrow(/cannot be given/)
})
