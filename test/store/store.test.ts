import { existsSync, readdirSync, rmSync, truncateSync, utimesSync } from 'node:fs'
import { chmod, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sha256 } from '../../core/base/files/digest.ts'
import { storeDirectory } from '../../core/store/read.ts'
import { Store } from '../../core/store/store.ts'
import { startChild } from '../support/child.ts'
import { temporary, write } from '../support/directory.ts'
import { entry, keyFor, overwrite, recordFor, reopened } from '../support/store.ts'

const open = () => new Store(join(temporary(), 'store')).open()
const KEY = keyFor('a')

test('the directory is ANTIDOTE_CACHE_DIR, else the one for caches', () => {
  expect(storeDirectory({ ANTIDOTE_CACHE_DIR: '/x', XDG_CACHE_HOME: '/y' })).toBe('/x')
  expect(storeDirectory({ XDG_CACHE_HOME: '/y' })).toBe('/y/antidote')
  expect(storeDirectory({ ANTIDOTE_CACHE_DIR: '' })).toMatch(/\/\.cache\/antidote$/)
})

test('an entry is invisible until it is committed, then whole', async () => {
  const store = await open()
  const draft = await store.draft(KEY)
  await writeFile(join(draft.directory, 'file'), 'content')
  expect(await store.record(KEY)).toBeUndefined()
  expect(await (await reopened(store)).verified(KEY)).toBeUndefined()
  expect(store.path({ step: KEY, path: 'file' })).toBe(join(draft.directory, 'file'))
  const record = await draft.commit(recordFor(KEY))
  expect(record.files).toEqual({ file: sha256('content') })
  expect(record.bytes).toBeGreaterThan(0)
  expect(store.path({ step: KEY, path: 'file' })).toBe(join(store.directory, 'steps', KEY, 'file'))
  expect(await (await reopened(store)).verified(KEY)).toEqual(record)
  expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
})

test('a discarded draft leaves nothing', async () => {
  const store = await open()
  const draft = await store.draft(KEY)
  write(draft.directory, { 'a/b/c': '1' })
  await draft.discard()
  expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
  expect(await store.record(KEY)).toBeUndefined()
})

describe('the digest of a result', () => {
  const digests = async (prepare: (directory: string) => void | Promise<void>) => {
    const store = await open()
    const draft = await store.draft(KEY)
    write(draft.directory, { 'tree/one': '1', 'tree/two!': '2' })
    await prepare(draft.directory)
    const { digest } = await draft.commit(recordFor(KEY))
    return digest
  }

  test('is the same for the same files, whenever they were written', async () => {
    const now = await digests(() => {})
    expect(now).toMatch(/^[0-9a-f]{64}$/)
    expect(await digests((directory) => utimesSync(join(directory, 'tree/one'), 1, 1))).toBe(now)
  })

  test('differs by content, mode, link and name', async () => {
    const all = await Promise.all([
      digests(() => {}),
      digests((directory) => writeFile(join(directory, 'tree/one'), '3')),
      digests((directory) => chmod(join(directory, 'tree/one'), 0o755)),
      digests((directory) => symlink('one', join(directory, 'tree/three'))),
      digests((directory) => symlink('two', join(directory, 'tree/three'))),
      digests((directory) => write(directory, { 'tree/name with spaces\nand a line': '' })),
    ])
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('damage is found, told and mended', () => {
  const cases: Record<string, { harm: (store: Store) => void; reason: string }> = {
    'a byte changed': {
      harm: (store) => overwrite(store, KEY, 'file', 'c0ntent'),
      reason: 'its files are not as they were written',
    },
    'a file cut': {
      harm: (store) => truncateSync(join(store.directory, 'steps', KEY, 'deep/er/file'), 1),
      reason: 'its files are not as they were written',
    },
    'a file removed': {
      harm: (store) => rmSync(join(store.directory, 'steps', KEY, 'deep/er/file')),
      reason: 'its files are not as they were written',
    },
    'a file added': {
      harm: (store) => overwrite(store, KEY, 'more', ''),
      reason: 'its files are not as they were written',
    },
    'a record cut': {
      harm: (store) => truncateSync(join(store.directory, 'steps', KEY, 'record.json'), 40),
      reason: 'its record cannot be read',
    },
    'no record': {
      harm: (store) => rmSync(join(store.directory, 'steps', KEY, 'record.json')),
      reason: 'its record cannot be read',
    },
    'a record of another key': {
      harm: (store) => overwrite(store, KEY, 'record.json', '{"version":1,"key":"other"}'),
      reason: 'its record cannot be read',
    },
  }
  for (const [name, { harm, reason }] of Object.entries(cases)) {
    test(name, async () => {
      const store = await open()
      const files = { file: 'content', 'deep/er/file': 'more content' }
      await entry(store, KEY, files)
      harm(store)
      const reasons: string[] = []
      const other = await reopened(store)
      expect(await other.verified(KEY, (text) => reasons.push(text))).toBeUndefined()
      expect(reasons).toEqual([reason])
    })
  }

  test('what is made anew takes its place', async () => {
    const store = await open()
    await entry(store, KEY, { file: 'content' })
    overwrite(store, KEY, 'file', 'c0ntent')
    const record = await entry(store, KEY, { file: 'content' })
    expect(await (await reopened(store)).verified(KEY)).toEqual(record)
    expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
  })
})

test('looking at an entry that is replaced meanwhile is not an error', async () => {
  const store = await open()
  await entry(store, KEY, { file: '1' })
  const other = await reopened(store)
  const looking = Promise.all(Array.from({ length: 2 }, async () => (await reopened(store)).verified(KEY)))
  await entry(other, KEY, { file: '2' })
  for (const record of await looking) expect([undefined, KEY]).toContain(record?.key)
})

test('a verified entry counts as used', async () => {
  const store = await open()
  await entry(store, KEY, { file: '1' })
  utimesSync(join(store.directory, 'steps', KEY, 'record.json'), 1000, 1000)
  await (await reopened(store)).verified(KEY)
  expect(Date.now() - (await store.entries())[0]!.used.getTime()).toBeLessThan(60_000)
})

test('kill -9 in the middle of a draft leaves nothing visible and no lock, and a sweep takes the rest', async () => {
  const store = await open()
  const child = startChild(new URL('./children/draft.ts', import.meta.url), [store.directory, KEY])
  await child.said('drafting')
  expect(readdirSync(join(store.directory, 'tmp'))).toHaveLength(1)
  expect(await store.lock('store', { noWait: true })).toBeUndefined()
  child.process.kill('SIGKILL')
  await child.ended
  expect(await (await reopened(store)).verified(KEY)).toBeUndefined()
  expect(existsSync(join(store.directory, 'steps', KEY))).toBe(false)
  // the kernel frees the locks of the dead
  const held = await store.lock('store')
  const step = await store.lock(KEY)
  await store.sweep()
  expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
  await step?.release()
  await held?.release()
})
