import { secret } from 'antidote'
import { describe, expect, test } from 'vitest'
import { localDirectories, requireDirectories } from '../../../plugins/debian/local.ts'
import { isBuiltIn } from '../../../plugins/debian/locale.ts'
import { type DebianOptions, resolveOptions } from '../../../plugins/debian/options.ts'
import { basePackages } from '../../../plugins/debian/packages.ts'
import { signedLine } from '../../../plugins/debian/sources.ts'
import { temporary } from '../../support/directory.ts'
import { refusal } from '../../support/refusal.ts'

const resolve = (options: DebianOptions) => resolveOptions(options, undefined)
const source = (line: string) => ({ line, key: 'key.asc' })

describe('is refused, with what to write', () => {
  test.each<[string, unknown, string]>([
    ['one package', { packages: 'jq' }, "Write packages: ['jq']."],
    ['a suite that does not exist', { suite: 'trixi' }, "Write suite: 'trixie'."],
    [
      'a host name with a space',
      { hostname: 'Router 1' },
      'hostname is "Router 1", which is not the name of a host',
    ],
    ['a host name with a line break', { hostname: 'a\nb' }, 'hostname is "a\\nb"'],
    ['a host name of 64 characters', { hostname: 'x'.repeat(64) }, 'at most 63'],
    ['a locale with a line break', { locale: 'C\nX=1' }, 'which is not the name of a locale'],
    ['a locale without a country', { locale: 'german' }, 'Write it like "de_DE.UTF-8".'],
    ['the line break of a file', { password: secret('lab\n') }, '.trim())'],
    ['a line break in plain text', { password: 'a\nroot:x' }, 'has a line break'],
    ['an empty password', { password: '' }, 'password is empty'],
    ['a password that is none', { password: 7 }, 'password must be a text or a secret(); it is 7'],
    ['a user of the system', { user: 'www-data' }, 'the distribution has it for itself'],
    ['a component with a space', { components: ['main deb'] }, 'cannot be a component'],
    [
      'a source of two lines',
      { sources: [source('deb http://m.example/d x main\ndeb http://b.example/ x main')] },
      'Write one line',
    ],
    ['a source without components', { sources: [source('deb http://m.example/d x')] }, 'Write one line'],
    [
      'a flat source with components',
      { sources: [source('deb http://m.example/d ./ main')] },
      'Write one line',
    ],
    [
      'a source that names a key itself',
      { sources: [source('deb [signed-by=/k] http://m.example/d x main')] },
      '`key`',
    ],
    ['a source with a password', { sources: [source('deb http://u:p@m.example/d x main')] }, 'auth.conf'],
    ['a source without a key', { sources: [{ line: 'deb http://m.example/d x main' }] }, 'has no key'],
    [
      'a mirror that is a path with ..',
      { mirror: 'file:///srv/../mirror' },
      'Write it like "file:///srv/mirror"',
    ],
    ['a mirror with a control character', { mirror: 'http://m.example/\0x' }, 'the mirror must be a URL'],
    ['a mirror that is the whole host', { mirror: 'file:///' }, 'is not the plain path'],
    ['a mirror among the programs', { mirror: 'file:///usr/local/mirror' }, 'such as below /srv'],
    [
      'a source at the home of the user',
      { user: 'lab', sources: [source('deb file:/home/lab/d ./')] },
      '/home/lab/d',
    ],
    [
      'a mirror with an unknown part',
      { mirror: { main: 'http://m.example/d', update: false } },
      'Did you mean "updates"?',
    ],
  ])('%s', (_, options, told) => {
    expect(refusal(() => resolve(options as DebianOptions))).toContain(told)
  })
})

test('what is right is taken as it is', () => {
  const options = {
    hostname: 'router-1.lab',
    locale: 'de_DE.UTF-8',
    user: 'operator',
    password: secret('a b:c'),
  }
  expect(resolve(options)).toMatchObject(options)
})

test.each([
  ['deb http://m.example/d ./', 'deb [signed-by=/k] http://m.example/d ./'],
  ['deb [arch=amd64] http://m.example/d ./', 'deb [signed-by=/k arch=amd64] http://m.example/d ./'],
  [
    'deb [ arch=amd64  trusted=no ] https://m.example/d stable main extra',
    'deb [signed-by=/k arch=amd64 trusted=no] https://m.example/d stable main extra',
  ],
  ['deb-src  http://m.example/d stable main', 'deb-src [signed-by=/k] http://m.example/d stable main'],
])('the line %s keeps its options', (line, signed) => {
  expect(resolve({ sources: [source(line)] }).sources).toEqual([source(line)])
  expect(signedLine(line, '/k')).toBe(signed)
})

test('the bootstrap has what sources over https and other locales need', () => {
  const packages = (options: DebianOptions) => basePackages(resolve(options))
  expect(packages({})).not.toContain('ca-certificates')
  expect(packages({ sources: [source('deb http://m.example/d ./')] })).not.toContain('ca-certificates')
  expect(packages({ sources: [source('deb https://m.example/d ./')] })).toContain('ca-certificates')
  expect(packages({})).not.toContain('locales')
  expect(packages({ locale: 'de_DE.UTF-8' })).toContain('locales')
  expect(['C', 'POSIX', 'C.UTF-8', 'C.utf8'].every(isBuiltIn)).toBe(true)
  expect(isBuiltIn('en_US.UTF-8')).toBe(false)
})

test('directories that packages come from are shown to build steps, and must be there', () => {
  const local = (options: DebianOptions) => localDirectories(resolve(options))
  expect(local({ mirror: 'http://m.example/d', sources: [source('deb https://m.example/d ./')] })).toEqual([])
  const mirror = { main: 'file:///srv/mirror/', security: 'copy:///srv/security' }
  const sources = [source('deb [arch=amd64] file:/srv/more x main'), source('deb file:///srv/mirror ./')]
  expect(local({ mirror, sources })).toEqual(['/srv/mirror', '/srv/more', '/srv/security'])
  const directory = temporary()
  requireDirectories([directory])
  expect(() => requireDirectories([directory, `${directory}/gone`])).toThrow(`${directory}/gone`)
})
