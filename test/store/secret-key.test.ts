import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { SECRET_KEY, secretKey } from '../../core/store/secret-key.ts'
import { Store } from '../../core/store/store.ts'
import { startChild } from '../support/child.ts'
import { temporary, write } from '../support/directory.ts'

const CHILD = new URL('./children/key.ts', import.meta.url)

const open = () => new Store(join(temporary(), 'store')).open()
const none = {}

test('a store has a key of its own, for its owner alone, and keeps it', async () => {
  const [one, other] = [await open(), await open()]
  const key = secretKey(one.directory, none)
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(statSync(join(one.directory, SECRET_KEY)).mode & 0o777).toBe(0o600)
  await new Store(one.directory).open()
  expect(secretKey(one.directory, none)).toBe(key)
  expect(secretKey(other.directory, none)).not.toBe(key)
})

test('several who open a new store at once have one key, and leave nothing beside it', async () => {
  const directory = join(temporary(), 'store')
  const children = Array.from({ length: 8 }, () => startChild(CHILD, [directory]))
  const keys = await Promise.all(
    children.map(async (child) => {
      expect(await child.ended).toBe(0)
      return child.output().trim()
    }),
  )
  expect(new Set(keys).size).toBe(1)
  expect(keys[0]).toBe(secretKey(directory, none))
  expect(readdirSync(join(directory, 'locks'))).toEqual([])
})

test('a file system without hard links has a key, too', async () => {
  vi.resetModules()
  vi.doMock('node:fs', async (original) => ({
    ...(await original<typeof import('node:fs')>()),
    linkSync: () => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' })
    },
  }))
  const { makeSecretKey: make } = await import('../../core/store/secret-key.ts')
  vi.doUnmock('node:fs')
  const directory = temporary()
  write(directory, { 'locks/a': '' })
  make(directory)
  expect(readFileSync(join(directory, SECRET_KEY), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/)
})

test('a key that is shared takes the place of the own one; one that could be guessed is refused', async () => {
  const { directory } = await open()
  const shared = 's'.repeat(32)
  expect(secretKey(directory, { ANTIDOTE_SECRET_KEY: shared })).toBe(shared)
  expect(() => secretKey(directory, { ANTIDOTE_SECRET_KEY: 'lab' })).toThrow(
    'The key in ANTIDOTE_SECRET_KEY, with which secrets are digested, has fewer than 32 characters.',
  )
  write(directory, { [SECRET_KEY]: '\n' })
  expect(() => secretKey(directory, none)).toThrow(`The key in ${join(directory, SECRET_KEY)}, `)
})

test('a store that nobody has opened has a key for this run, and nothing is written', () => {
  const directory = join(temporary(), 'store')
  expect(secretKey(directory, none)).toBe(secretKey(directory, none))
  expect(secretKey(directory, none)).toMatch(/^[0-9a-f]{64}$/)
  expect(existsSync(directory)).toBe(false)
})
