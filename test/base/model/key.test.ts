import { chmodSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canonical, digestFiles, keyOf, toData } from '../../../core/base/model/key.ts'
import { secret } from '../../../core/base/model/secret.ts'
import { powerless, startChild } from '../../support/child.ts'
import { makeFifo, temporary, write } from '../../support/directory.ts'

const DIGEST = new URL('./children/digest.ts', import.meta.url)

describe('plain data', () => {
  test('what is left out counts as what is not there', () => {
    expect(toData({ a: 1, b: undefined }, 'x')).toEqual({ a: 1 })
  })

  test('names in another order give the same text, items in another order do not', () => {
    expect(canonical({ b: [1, 2], a: { d: null, c: 'x' } })).toBe(
      canonical({ a: { c: 'x', d: null }, b: [1, 2] }),
    )
    expect(canonical([1, 2])).not.toBe(canonical([2, 1]))
  })

  test('a secret is what the store digests it to, and nothing where there is no store', () => {
    const sealed = (value: string) => `sealed ${value.length}`
    expect(toData({ password: secret('hunter2!') }, 'x', sealed)).toEqual({ password: 'sealed 8' })
    expect(() => toData({ password: secret('hunter2!') }, 'x')).toThrow('password is a secret.')
  })

  test.each([
    ['a function', { options: [() => {}] }, 'options[0] is a function'],
    ['an object of a class', { when: new Date() }, 'when is an object of a class'],
    ['a number that is none', { a: { b: Number.NaN } }, 'a.b is a number'],
    ['a symbol', Symbol('x'), 'the value is a symbol'],
  ])('%s is refused, with its path', (_, value, reason) => {
    expect(() => toData(value, 'plugin › tap')).toThrow(
      `The inputs of "plugin › tap" cannot be part of a key: ${reason}.`,
    )
  })

  test('what contains itself is refused', () => {
    const loop: Record<string, unknown> = {}
    loop.self = { loop }
    expect(() => toData(loop, 'plugin › tap')).toThrow('self.loop contains itself.')
  })
})

test('a key is 32 hex digits of everything a step was given', () => {
  const described = {
    stage: 'rootfs',
    plugin: 'p',
    version: '1',
    tap: 't',
    inputs: null,
    files: {},
    needs: {},
    parent: '',
  }
  const changes = [
    {},
    { stage: 'kernel' },
    { plugin: 'q' },
    { version: '2' },
    { tap: 'u' },
    { inputs: 1 },
    { files: { a: '1' } },
    { needs: { a: '1' } },
    { parent: 'x' },
  ]
  const keys = changes.map((change) => keyOf({ ...described, ...change }))
  for (const key of keys) expect(key).toMatch(/^[0-9a-f]{32}$/)
  expect(new Set(keys).size).toBe(changes.length)
})

describe('files count by content', () => {
  const digest = (harm: (directory: string) => void): string => {
    const directory = temporary({ 'in/a': '1', 'in/run!': '2', 'in/deep/b': '3' })
    harm(directory)
    return digestFiles(directory, ['in']).in!
  }
  const plain = (directory = temporary({ 'in/a': '1', 'in/run!': '2', 'in/deep/b': '3' })) =>
    digestFiles(directory, ['in']).in

  test.each<[string, (directory: string) => void]>([
    ['time', (directory) => utimesSync(join(directory, 'in/a'), 1, 1)],
    ['permissions beside the executable bit', (directory) => chmodSync(join(directory, 'in/a'), 0o600)],
  ])('%s does not count', (_, harm) => {
    expect(digest(harm)).toBe(plain())
  })

  test.each<[string, (directory: string) => void]>([
    ['content', (directory) => write(directory, { 'in/deep/b': '4' })],
    ['the executable bit', (directory) => chmodSync(join(directory, 'in/a'), 0o755)],
    ['a name', (directory) => renameSync(join(directory, 'in/a'), join(directory, 'in/c'))],
    ['a file more', (directory) => write(directory, { 'in/deep/c': '' })],
    ['a file less', (directory) => rmSync(join(directory, 'in/a'))],
    [
      'a link instead of a file',
      (directory) => {
        rmSync(join(directory, 'in/a'))
        symlinkSync('run', join(directory, 'in/a'))
      },
    ],
    ['a link', (directory) => symlinkSync('a', join(directory, 'in/link'))],
  ])('%s does', (_, harm) => {
    expect(digest(harm)).not.toBe(plain())
  })

  test('a file or directory that is named by a link counts by what it leads to', () => {
    const directory = temporary({ 'common/install.sh!': '1', 'image/x': '' })
    const image = join(directory, 'image')
    symlinkSync('../common/install.sh', join(image, 'install.sh'))
    symlinkSync('../common', join(image, 'common'))
    const before = digestFiles(image, ['install.sh', 'common'])
    expect(before['install.sh']).toBe(digestFiles(directory, ['common/install.sh'])['common/install.sh'])
    write(directory, { 'common/install.sh!': '2' })
    const after = digestFiles(image, ['install.sh', 'common'])
    expect(after['install.sh']).not.toBe(before['install.sh'])
    expect(after.common).not.toBe(before.common)
  })

  test.each<[string, (path: string) => void, string]>([
    ['a FIFO', (path) => makeFifo(path), 'it is a FIFO, not a regular file'],
    ['a link that leads nowhere', (path) => symlinkSync('nowhere', path), 'it is a link that leads nowhere'],
    ['a loop of links', (path) => symlinkSync('special', path), 'its links lead in a circle'],
  ])('%s is named, with why it cannot be read', (_, make, reason) => {
    const directory = temporary()
    const path = join(directory, 'special')
    make(path)
    expect(() => digestFiles(directory, ['special'])).toThrow(`${path} cannot be read: ${reason}.`)
  })

  test('below a directory, a FIFO is named, and links may lead anywhere', () => {
    const directory = temporary({ 'in/a': '' })
    symlinkSync('/nowhere', join(directory, 'in/link'))
    symlinkSync('loop', join(directory, 'in/loop'))
    expect(digestFiles(directory, ['in']).in).toMatch(/^[0-9a-f]{64}$/)
    makeFifo(join(directory, 'in/fifo'))
    expect(() => digestFiles(directory, ['in'])).toThrow(`${directory}/in/fifo cannot be read: it is a FIFO`)
  })

  test('a file and a directory that may not be read are named', async () => {
    const directory = temporary({ file: '', 'in/a': '' })
    chmodSync(join(directory, 'file'), 0)
    chmodSync(join(directory, 'in'), 0)
    const child = startChild(DIGEST, [directory, 'file', 'in'], powerless)
    await child.ended
    expect(child.output().trim().split('\n')).toEqual(
      ['file', 'in'].map((path) => `${directory}/${path} cannot be read: you have no permission.`),
    )
    chmodSync(join(directory, 'in'), 0o700)
  })

  test('names that are no text count as the bytes they are', () => {
    const directory = temporary({ 'in/a': '' })
    const file = (byte: number) => Buffer.concat([Buffer.from(`${directory}/in/`), Buffer.from([byte])])
    writeFileSync(file(0xff), '')
    const before = digestFiles(directory, ['in']).in
    renameSync(file(0xff), file(0xfe))
    expect(digestFiles(directory, ['in']).in).not.toBe(before)
  })

  test('a name cannot pass for a directory', () => {
    const one = temporary({ 'in/a/b': '1' })
    const two = temporary({ 'in/a': '1' })
    expect(plain(one)).not.toBe(plain(two))
  })
})
