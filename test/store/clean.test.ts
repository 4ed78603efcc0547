import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { cleanStore } from '../../core/store/clean.ts'
import { Store } from '../../core/store/store.ts'
import { temporary } from '../support/directory.ts'
import { keyFor, recordFor } from '../support/store.ts'

const HOUR = 3_600_000
let store: Store

beforeEach(async () => {
  store = await new Store(join(temporary(), 'store')).open()
})

/** An entry as it lies in a store, last used so many hours ago. */
const placed = (name: string, bytes: number, hours: number, refers: string[] = []): void => {
  const key = keyFor(name)
  const directory = join(store.directory, 'steps', key)
  mkdirSync(directory)
  const record = { ...recordFor(key, refers.map(keyFor)), fingerprint: '', digest: '', files: {}, bytes }
  writeFileSync(join(directory, 'record.json'), JSON.stringify(record))
  const time = (Date.now() - hours * HOUR) / 1000
  utimesSync(join(directory, 'record.json'), time, time)
}

const left = () =>
  readdirSync(join(store.directory, 'steps'))
    .map((key) => Buffer.from(key, 'hex').toString().replaceAll('\0', ''))
    .sort()

test('without a limit, only what killed builds left goes', async () => {
  placed('a', 10, 1000)
  mkdirSync(join(store.directory, 'tmp/1-dead'))
  writeFileSync(join(store.directory, 'logs/old.log'), '')
  mkdirSync(join(store.directory, 'kept/img-rootfs-0123456789ab-1'))
  for (const name of ['whole', 'broken.part']) writeFileSync(join(store.directory, 'downloads', name), '')
  expect(await cleanStore(store, {})).toEqual({ removed: 0, freed: 0, left: 10 })
  expect(readdirSync(join(store.directory, 'tmp'))).toEqual([])
  expect(readdirSync(join(store.directory, 'kept'))).toEqual([])
  expect(readdirSync(join(store.directory, 'logs'))).toEqual(['old.log'])
  expect(readdirSync(join(store.directory, 'downloads'))).toEqual(['whole'])
})

test('older than: what was not used for so long, and logs and downloads of that age', async () => {
  placed('new', 10, 1)
  placed('old', 20, 30)
  for (const [name, hours] of Object.entries({
    'logs/old.log': 30,
    'downloads/old': 30,
    'logs/new.log': 1,
  })) {
    const file = join(store.directory, name)
    writeFileSync(file, '')
    const time = (Date.now() - hours * HOUR) / 1000
    utimesSync(file, time, time)
  }
  expect(await cleanStore(store, { olderThan: 24 * HOUR })).toEqual({ removed: 1, freed: 20, left: 10 })
  expect(left()).toEqual(['new'])
  expect(readdirSync(join(store.directory, 'logs'))).toEqual(['new.log'])
  expect(readdirSync(join(store.directory, 'downloads'))).toEqual([])
})

test('an old entry that a kept one points into stays', async () => {
  placed('base', 10, 100)
  placed('lonely', 10, 100)
  placed('top', 10, 1, ['base'])
  expect(await cleanStore(store, { olderThan: 24 * HOUR })).toEqual({ removed: 1, freed: 10, left: 20 })
  expect(left()).toEqual(['base', 'top'])
})

test('at most so large: the least recently used go, until the rest fits', async () => {
  placed('a', 10, 4)
  placed('b', 10, 3)
  placed('c', 10, 2)
  placed('d', 10, 1)
  expect(await cleanStore(store, { maxSize: 25 })).toEqual({ removed: 2, freed: 20, left: 20 })
  expect(left()).toEqual(['c', 'd'])
})

test('at most so large, in one build: what stands on a base goes before the base', async () => {
  placed('base', 50, 4)
  placed('middle', 10, 3, ['base'])
  placed('top', 10, 2, ['base', 'middle'])
  expect(await cleanStore(store, { maxSize: 60 })).toEqual({ removed: 1, freed: 10, left: 60 })
  expect(left()).toEqual(['base', 'middle'])
  expect((await cleanStore(store, { maxSize: 5 })).left).toBe(0)
})

test('a record that cannot be read goes; all is all', async () => {
  placed('a', 10, 1)
  placed('b', 10, 1, ['a'])
  mkdirSync(join(store.directory, 'steps', keyFor('broken')))
  expect((await cleanStore(store, {})).removed).toBe(1)
  expect(left()).toEqual(['a', 'b'])
  writeFileSync(join(store.directory, 'history/x.json'), '{}')
  expect(await cleanStore(store, { all: true })).toEqual({ removed: 2, freed: 20, left: 0 })
  expect(readdirSync(join(store.directory, 'history'))).toEqual([])
})

test('a store that a build uses is left alone', async () => {
  placed('a', 10, 1000)
  const build = await store.lock('store', { shared: true })
  await expect(cleanStore(store, { all: true })).rejects.toMatchObject({ code: 'STORE_BUSY' })
  expect(existsSync(join(store.directory, 'steps', keyFor('a')))).toBe(true)
  await build!.release()
  expect((await cleanStore(store, { all: true })).removed).toBe(1)
})
