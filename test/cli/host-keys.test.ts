import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type HostKeyChoice, hostKeysOf } from '../../core/cli/arguments/host-key-choice.ts'
import { knownHostsLine } from '../../core/machine/host-keys/key.ts'
import { hostKey, publicKey } from '../machine/ssh-server.ts'
import { temporary } from '../support/directory.ts'

const KEY = Buffer.from(publicKey(hostKey()).split(' ')[1]!, 'base64')
const leaf = { host: 'leaf', port: 22 }

/** What becomes of a key of an endpoint elsewhere, and of one of this host. */
const fate = (hostKeys: HostKeyChoice | undefined) => {
  const trusted = hostKeysOf(hostKeys === undefined ? {} : { hostKeys })
  return [trusted.unknown(leaf), trusted.unknown({ host: '127.0.0.1', port: 2222 })]
}

test('only this host is taken at its word, until something else is said; what any key gives up is', () => {
  vi.stubEnv('HOME', temporary())
  const said: string[] = []
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text))
    return true
  })
  onTestFinished(() => {
    write.mockRestore()
    vi.unstubAllEnvs()
  })
  expect(fate(undefined)).toEqual(['refuse', 'keep'])
  expect(fate('known')).toEqual(['refuse', 'keep'])
  expect(fate('first-use')).toEqual(['keep', 'keep'])
  expect(said).toEqual([])
  expect(fate('any')).toEqual(['accept', 'accept'])
  expect(said.join('')).toContain(
    'warning No SSH host key is checked: whoever poses as an endpoint receives its password.',
  )
})

test('a file that is named must be there to be read, or its directory to be written', () => {
  const directory = temporary({ known: knownHostsLine(leaf, KEY) })
  const known = hostKeysOf({ knownHosts: join(directory, 'known') })
  expect(known.known(leaf)).toEqual([KEY])
  const none = join(directory, 'none')
  expect(() => hostKeysOf({ knownHosts: none })).toThrow(`${none} cannot be read: it does not exist.`)
  expect(hostKeysOf({ knownHosts: none, hostKeys: 'first-use' }).known(leaf)).toEqual([])
  expect(existsSync(none)).toBe(false)
  expect(() => hostKeysOf({ knownHosts: join(directory, 'missing/known'), hostKeys: 'first-use' })).toThrow(
    `${directory}/missing is not a directory`,
  )
})
