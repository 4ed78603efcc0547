import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  createWriteStream,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { expect, test } from 'vitest'
import { sha256Stream } from '../../../core/base/files/digest.ts'
import { arrange, type LayerFile, tarOf } from '../../../core/publish/oci/tar.ts'
import { listTar, scratch } from './help.ts'

const write = async (files: LayerFile[]): Promise<string> => {
  const file = join(scratch(), 'layer.tar')
  await pipeline(tarOf(files), createWriteStream(file))
  return file
}

const tree = (at: number): LayerFile[] => {
  const directory = scratch()
  const path = (name: string) => join(directory, name)
  mkdirSync(path('sub'))
  writeFileSync(path('sub/tool'), 'program')
  chmodSync(path('sub/tool'), 0o755)
  linkSync(path('sub/tool'), path('again'))
  symlinkSync('sub/tool', path('link'))
  for (const name of ['sub/tool', 'again']) utimesSync(path(name), at, at)
  return [
    { path: 'usr/bin/tool', source: path('sub/tool') },
    { path: 'usr/bin/again', source: path('again') },
    { path: 'usr/bin/link', source: path('link') },
    { path: 'etc/motd', content: 'hello\n' },
    { path: 'tmp', directory: true, mode: 0o1777 },
    { path: `long/${'d'.repeat(150)}/${'f'.repeat(150)}`, content: 'x' },
  ]
}

test('gives the same bytes whatever the order, the host paths and the times', async () => {
  const one = await write(tree(1_000_000_000))
  const other = await write(tree(1_700_000_000).reverse())
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
})

test('another tar reads owners, modes, times, links and long names', async () => {
  const lines = listTar(await write(tree(1_000_000_000)))
  const of = (name: string) => lines.find((line) => line.includes(` ${name}`))
  expect(lines.every((line) => / 0\/0 .*2025-01-01 00:00:00 /.test(line))).toBe(true)
  expect(of('tmp/')).toMatch(/^drwxrwxrwt/)
  expect(of('usr/bin/again')).toMatch(/^-rwxr-xr-x/)
  expect(of('usr/bin/tool')).toMatch(/^hrwxr-xr-x.* link to usr\/bin\/again$/)
  expect(of('usr/bin/link')).toMatch(/^lrwx.* -> sub\/tool$/)
  expect(of(`long/${'d'.repeat(150)}/${'f'.repeat(150)}`)).toMatch(/^-rw-r--r--/)
})

test('an entry may have an owner of its own, and a link needs no file on the host', async () => {
  const lines = listTar(
    await write([
      { path: 'var/lib/state', directory: true, uid: 64055, gid: 64055 },
      { path: 'usr/bin/tool', link: '../lib/tool.mjs' },
    ]),
  )
  const of = (name: string) => lines.find((line) => line.includes(` ${name}`))
  expect(of('var/lib/state/')).toMatch(/^drwxr-xr-x 64055\/64055/)
  expect(of('var/lib/ ') ?? of('var/lib/')).toMatch(/^drwxr-xr-x 0\/0/)
  expect(of('usr/bin/tool')).toMatch(/^lrwxrwxrwx 0\/0 .* -> \.\.\/lib\/tool\.mjs$/)
})

test('carries a file of more than 8 GiB', async () => {
  const big = join(scratch(), 'big')
  writeFileSync(big, '')
  truncateSync(big, 8 * 2 ** 30 + 1)
  const head: Buffer[] = []
  const stream = tarOf([{ path: 'big', source: big }])
  for await (const chunk of stream) {
    head.push(chunk as Buffer)
    if (head.length > 3) break
  }
  const file = join(scratch(), 'head.tar')
  writeFileSync(file, Buffer.concat(head))
  const listing = execFileSync(
    'sh',
    ['-c', 'tar --list --verbose --file "$1" 2>/dev/null || :', 'sh', file],
    { encoding: 'utf8' },
  )
  expect(listing).toContain(` ${8 * 2 ** 30 + 1} `)
})

test('adds the directories above an entry once, and refuses two entries for one path', () => {
  const entries = arrange([
    { path: 'a/b/c', content: '' },
    { path: 'a/b/d', content: '' },
  ])
  expect(entries.map(({ path }) => path)).toEqual(['a', 'a/b', 'a/b/c', 'a/b/d'])
  const twice = () =>
    arrange([
      { path: 'x', content: '1' },
      { path: 'x', content: '2' },
    ])
  expect(twice).toThrow(expect.objectContaining({ code: 'LAYER_PATH_TWICE' }))
})

test('fails for a source that is not there', async () => {
  await expect(pipeline(tarOf([{ path: 'a', source: '/nowhere/at/all' }]), sha256Stream())).rejects.toThrow(
    '/nowhere/at/all',
  )
})
