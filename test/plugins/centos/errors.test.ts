import { expect, test } from 'vitest'
import { errorOf, type Told } from '../../../plugins/centos/dnf/errors.ts'

/** What dnf 4 says, word for word. */
const said: [Told, string, string][] = [
  [
    {
      kind: 'repository',
      name: 'baseos',
      reason:
        "Errors during downloading metadata for repository 'baseos':\n  - Curl error (7): Couldn't connect to server for http://127.0.0.1:1/repodata/repomd.xml [Failed to connect to 127.0.0.1 port 1: Connection refused]\nFailed to download metadata for repo 'baseos': Cannot download repomd.xml: Cannot download repodata/repomd.xml: All mirrors were tried",
    },
    'MIRROR_UNREACHABLE',
    'The repository "baseos" cannot be used: Couldn\'t connect to server for http://127.0.0.1:1/repodata/repomd.xml.',
  ],
  [
    {
      kind: 'repository',
      name: 'os',
      reason:
        "Failed to download metadata for repo 'os': Cannot download repomd.xml: Cannot download repodata/repomd.xml: All mirrors were tried - Status code: 404 for http://127.0.0.1:80/repodata/repomd.xml",
    },
    'MIRROR_UNREACHABLE',
    'The repository "os" cannot be used: Status code: 404 for http://127.0.0.1:80/repodata/repomd.xml.',
  ],
  [
    { kind: 'unknown', names: ['no-such', 'nor-this'] },
    'PACKAGE_UNKNOWN',
    'The package "no-such" is not in the release\'s repositories.',
  ],
  [
    {
      kind: 'dependency',
      reason:
        '\n Problem: conflicting requests\n  - nothing provides what-nobody-has needed by needy-1-1.el10.x86_64 from extras',
    },
    'PACKAGE_DEPENDENCY',
    'The package needy-1-1.el10.x86_64 needs what-nobody-has, which no repository has.',
  ],
  [
    { kind: 'dependency', reason: '\n Problem: package a-1 conflicts with b provided by b-1' },
    'PACKAGE_DEPENDENCY',
    'The packages cannot be installed together.',
  ],
  [
    {
      kind: 'transaction',
      reason:
        'Transaction test error:\n  file /usr/bin/nano from install of conflicting-1-1.el10.x86_64 conflicts with file from package nano-13-1.el10.x86_64\n',
    },
    'PACKAGE_CONFLICT',
    'conflicting-1-1.el10.x86_64 and nano-13-1.el10.x86_64 both have /usr/bin/nano, with other content.',
  ],
  [
    {
      kind: 'transaction',
      reason:
        'Transaction test error:\n  file /usr/bin/nano conflicts between attempted installs of conflicting-1-1.el10.x86_64 and nano-13-1.el10.x86_64\n',
    },
    'PACKAGE_CONFLICT',
    'conflicting-1-1.el10.x86_64 and nano-13-1.el10.x86_64 both have /usr/bin/nano, with other content.',
  ],
  [
    { kind: 'transaction', reason: 'x', lines: ['Error in PREIN scriptlet in rpm package failing'] },
    'PACKAGE_SCRIPT',
    'The script %PREIN of failing failed.',
  ],
  [
    {
      kind: 'transaction',
      reason: 'failing-1-1.el10.x86_64 is not installed',
      lines: ['error: %prein(failing-1-1.el10.x86_64) scriptlet failed, exit status 1'],
    },
    'PACKAGE_SCRIPT',
    'The script %prein of failing-1-1.el10.x86_64 failed.',
  ],
  [
    {
      kind: 'signature',
      name: 'x-1-1.noarch',
      reason: 'Public key for x.rpm is not installed',
      missing: ['AB'],
    },
    'MIRROR_UNTRUSTED',
    'The package x-1-1.noarch is not signed by a known key.',
  ],
  [
    { kind: 'key', file: 'key.asc', reason: 'error: key.asc: key 1 not an armored public key.' },
    'MIRROR_UNTRUSTED',
    'The key key.asc cannot be used: error: key.asc: key 1 not an armored public key.',
  ],
]

test.each(said)('%j', (told, code, message) => {
  const error = errorOf(told)
  expect([error.code, error.message]).toEqual([code, message])
  expect(error.details.hint).toMatch(/\.$/)
})

test.each(['nothing provides ', 'nothing provides a\n', '%a(b', 'file a from install of b '])(
  'what a repository has said is looked through in time that grows with it: %j',
  (text) => {
    for (const kind of ['dependency', 'transaction', 'repository'] as const) {
      const error = errorOf({
        kind,
        name: 'x',
        reason: text.repeat(2e6 / text.length),
        lines: [text.repeat(1e5)],
      })
      expect(error.details.lines!.length).toBeLessThanOrEqual(15)
    }
  },
)
