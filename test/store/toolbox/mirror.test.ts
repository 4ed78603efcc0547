import { expect, test } from 'vitest'
import { hostMirror, sourceLines } from '../../../core/store/toolbox/mirror.ts'
import { temporary } from '../../support/directory.ts'

const RELEASE = { 'etc/os-release': 'NAME="Debian GNU/Linux"\nVERSION_CODENAME=bookworm\nID=debian\n' }
const mirrorOf = (files: Record<string, string>) => hostMirror(temporary({ ...RELEASE, ...files }))

test('from the one-line form', () => {
  const list = `# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian bookworm main contrib
deb http://security.example/debian-security bookworm-security main
deb-src http://source.example/debian bookworm main
`
  expect(mirrorOf({ 'etc/apt/sources.list': list })).toEqual({
    main: 'http://mirror.example/debian',
    security: 'http://security.example/debian-security',
  })
})

test('from the deb822 form, without what is disabled', () => {
  const sources = `Types: deb
URIs: http://disabled.example/debian
Suites: bookworm
Components: main
Enabled: no

# a comment
Types: deb deb-src
URIs: https://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main

Types: deb
URIs: https://mirror.example/debian-security
Suites: bookworm-security
Components: main
`
  expect(mirrorOf({ 'etc/apt/sources.list.d/debian.sources': sources })).toEqual({
    main: 'https://mirror.example/debian',
    security: 'https://mirror.example/debian-security',
  })
})

test('none where there is none to trust or to use', () => {
  expect(mirrorOf({})).toBeUndefined()
  expect(mirrorOf({ 'etc/apt/sources.list': 'deb file:///srv/debian bookworm main\n' })).toBeUndefined()
  expect(
    mirrorOf({ 'etc/apt/sources.list': 'deb http://user:password@mirror.example/debian bookworm main\n' }),
  ).toBeUndefined()
  expect(
    mirrorOf({ 'etc/apt/sources.list': 'deb http://other.example/tool bookworm tool\n' }),
  ).toBeUndefined()
  const other = {
    'etc/os-release': 'ID=other\nVERSION_CODENAME=bookworm\n',
    'etc/apt/sources.list': 'deb http://mirror.example/other bookworm main\n',
  }
  expect(mirrorOf(other)).toBeUndefined()
  expect(hostMirror(temporary())).toBeUndefined()
})

test('source lines for a suite', () => {
  expect(
    sourceLines('trixie', { main: 'http://m/debian', security: 'http://s/security' }, ['main', 'contrib']),
  ).toEqual([
    'deb http://m/debian trixie main contrib',
    'deb http://m/debian trixie-updates main contrib',
    'deb http://s/security trixie-security main contrib',
  ])
  expect(sourceLines('trixie', { main: 'http://m/debian' })).toHaveLength(2)
  expect(sourceLines('trixie', undefined)).toEqual([])
})

test('a mirror without updates is not asked for them', () => {
  const main = 'http://mirror.example/debian'
  expect(sourceLines('trixie', { main })).toContain(`deb ${main} trixie-updates main`)
  expect(sourceLines('trixie', { main, updates: false })).toEqual([`deb ${main} trixie main`])
})
