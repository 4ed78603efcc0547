import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Store } from '../../core/store/store.ts'
import { onTmpfs, powerless, startChild } from '../support/child.ts'
import { temporary } from '../support/directory.ts'

const FILL = new URL('./children/fill.ts', import.meta.url)

/** What a store on a small or read-only disk says. */
const outcome = async (step: string, options: string): Promise<string> => {
  const directory = temporary()
  const child = startChild(FILL, [directory, step], onTmpfs(directory, options))
  await child.ended
  return child.output().trim()
}

describe('a full disk is named, wherever it shows', () => {
  test.each(['draft', 'commit', 'command', 'machine'])('%s', async (step) => {
    expect(await outcome(step, 'size=3m,nr_inodes=64')).toBe('STORE_FULL')
  })

  test('open', async () => {
    // room for the mount point and nothing else
    expect(await outcome('open', 'size=4k,nr_inodes=3')).toBe('STORE_FULL')
  })
})

const WRITE = new URL('./children/write.ts', import.meta.url)

describe('what is written beside the store says which disk is full, and leaves nothing', () => {
  test.each([
    ['output', 'x'],
    ['layer', ''],
    ['blob', ''],
    ['document', ''],
    ['archive', ''],
    ['context', ''],
    ['file of a guest', ''],
    ['disk', ''],
    ['disk of two files', ''],
  ])('%s', async (what, left) => {
    const directory = temporary()
    const child = startChild(WRITE, [directory, temporary(), what], onTmpfs(directory, 'size=64k'))
    await child.ended
    const [said, files] = child.output().split('\n')
    const place = ['output', 'file of a guest'].includes(what) ? join(directory, 'x') : directory
    expect(said).toContain(`DISK_FULL The disk that holds ${place}`)
    expect(files).toBe(left)
  })
})

test('a disk that is mounted read-only is named', async () => {
  expect(await outcome('open', 'ro,size=1m')).toBe('STORE_READ_ONLY')
})

test('a directory that the user may not write is named', async () => {
  const directory = temporary()
  chmodSync(directory, 0o555)
  const child = startChild(FILL, [join(directory, 'store'), 'open'], powerless)
  await child.ended
  expect(child.output().trim()).toBe('STORE_READ_ONLY')
})

test('a store instead of a file is named', async () => {
  const directory = temporary({ store: '' })
  const error = await new Store(join(directory, 'store')).open().catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'STORE_READ_ONLY',
    message: expect.stringContaining(join(directory, 'store')),
  })
})
