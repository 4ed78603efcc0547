import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkMetaFile, metaText, writeMetaFile } from '../../../core/lesson/platform/file.ts'
import type { PlatformMeta } from '../../../core/lesson/platform/meta.ts'
import { makeFifo, temporary } from '../../support/directory.ts'

const meta: PlatformMeta = {
  slug: 'x',
  description: 'no: it is "a # b"\nin two lines',
  flavor: 'untrusted',
  enableForwarding: false,
  networkInterfaces: [],
  sshUser: 'yes',
  sshPassword: '0123',
  configUser: 'on',
  configPassword: '1e3',
}

test('says what it was given, whatever YAML makes of words and digits', () => {
  expect(parse(metaText(meta))).toEqual(meta)
  // the platform's parser is of YAML 1.1, where these words are no strings
  expect(parse(metaText(meta), { version: '1.1' })).toEqual(meta)
})

test('is written whole, again only if it changed', async () => {
  const directory = temporary()
  const file = join(directory, 'image.meta.yaml')
  await writeMetaFile(file, meta)
  expect(readFileSync(file, 'utf8')).toBe(metaText(meta))
  utimesSync(file, 1000, 1000)
  await writeMetaFile(file, meta)
  expect(statSync(file).mtimeMs).toBe(1_000_000)
  await writeMetaFile(file, { ...meta, slug: 'y' })
  expect(readFileSync(file, 'utf8')).toContain('slug: "y"')
  expect(readdirSync(directory)).toEqual(['image.meta.yaml'])
})

test('a file of somebody else stays as it is', async () => {
  const file = join(temporary(), 'image.meta.yaml')
  writeFileSync(file, '---\nslug: by-hand\n')
  await expect(checkMetaFile(file)).rejects.toMatchObject({ code: 'META_FOREIGN' })
  await expect(writeMetaFile(file, meta)).rejects.toMatchObject({ code: 'META_FOREIGN' })
  expect(readFileSync(file, 'utf8')).toBe('---\nslug: by-hand\n')
})

test('a FIFO in its place is named at once', async () => {
  const file = join(temporary(), 'image.meta.yaml')
  makeFifo(file)
  await expect(checkMetaFile(file)).rejects.toThrow('it is a FIFO, not a regular file')
})
