import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { knownHostsLine } from '../../../core/machine/host-keys/key.ts'
import { KnownHosts } from '../../../core/machine/host-keys/known-hosts.ts'
import { makeFifo, temporary } from '../../support/directory.ts'
import { hostKey, publicKey } from '../ssh-server.ts'

const [ONE, OTHER] = [publicKey(hostKey()), publicKey(hostKey())]
const bytes = (key: string) => Buffer.from(key.split(' ')[1]!, 'base64')

/** The lines of a file that have a key of a place. */
const linesAt = (text: string, host: string, port = 22): number[] => {
  const file = join(temporary({ known_hosts: text }), 'known_hosts')
  return new KnownHosts([file]).at({ host, port }).map(({ line }) => line)
}

test.for<[string, [string, number?], boolean]>([
  ['leaf', ['leaf'], true],
  ['leaf', ['LEAF'], true],
  ['leaf', ['leaf', 2222], false],
  ['[leaf]:2222', ['leaf', 2222], true],
  ['[leaf]:2222', ['leaf'], false],
  ['spine,leaf,192.0.2.1', ['192.0.2.1'], true],
  ['fd00::1', ['fd00::1'], true],
  ['[fd00::1]:830', ['fd00::1', 830], true],
  ['*.lab', ['a.b.lab'], true],
  ['*.lab', ['lab'], false],
  ['leaf?', ['leaf1'], true],
  ['leaf?', ['leaf'], false],
  ['*.lab,!bad.lab', ['bad.lab'], false],
  ['*.lab,!bad.lab', ['good.lab'], true],
  ['[*.lab]:22?2', ['a.lab', 2222], true],
])('the names "%s" and %j: %s', ([names, [host, port], found]) => {
  expect(linesAt(`${names} ${ONE}\n`, host, port)).toEqual(found ? [1] : [])
})

test('comments, empty lines, keys of authorities and half lines say nothing', () => {
  const text = `# leaf ${ONE}\n\n  \n@cert-authority leaf ${ONE}\nleaf\nleaf ssh-ed25519\n\tleaf ${ONE} a comment\n`
  expect(linesAt(text, 'leaf')).toEqual([7])
})

test('what ssh-keygen has hashed is found, as it finds it', () => {
  const directory = temporary({ known_hosts: `leaf ${ONE}\n[spine]:2222 ${OTHER}\n` })
  const file = join(directory, 'known_hosts')
  execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
  const known = new KnownHosts([file])
  expect(known.at({ host: 'leaf', port: 22 }).map(({ key }) => key)).toEqual([bytes(ONE)])
  expect(known.at({ host: 'Spine', port: 2222 }).map(({ key }) => key)).toEqual([bytes(OTHER)])
  for (const place of [
    { host: 'spine', port: 22 },
    { host: 'other', port: 22 },
  ])
    expect(known.at(place)).toEqual([])
})

test('a line of ours is one for ssh-keygen', () => {
  const at = { host: 'Leaf', port: 2222 }
  const file = join(temporary({ known_hosts: knownHostsLine(at, bytes(ONE)) }), 'known_hosts')
  const found = execFileSync('ssh-keygen', ['-F', '[leaf]:2222', '-f', file]).toString()
  expect(found).toContain(ONE)
  expect(new KnownHosts([file]).at(at)).toMatchObject([{ key: bytes(ONE), line: 1, revoked: false }])
})

test('a file that is not there has no keys, unless it is needed; a FIFO is refused', () => {
  const directory = temporary()
  const file = join(directory, 'none')
  expect(new KnownHosts([file]).at({ host: 'leaf', port: 22 })).toEqual([])
  expect(() => new KnownHosts([file], true)).toThrow(`${file} cannot be read: it does not exist.`)
  makeFifo(file)
  expect(() => new KnownHosts([file])).toThrow('it is a FIFO')
})

test('patterns that are made to be slow are not', () => {
  expect(linesAt(`${'a*'.repeat(5000)}b ${ONE}\n`, 'a'.repeat(200))).toEqual([])
})
