import { chmodSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { canonical, digestFiles, keyOf, toData } from '../../core/lifecycle/key.ts'
import { secret } from '../../core/lifecycle/secret.ts'
import { temporary, write } from '../support/directory.ts'

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

  test('a secret is its digest', () => {
    const data = canonical(toData({ password: secret('hunter2!') }, 'x'))
    expect(data).toMatch(/"secret:[0-9a-f]{64}"/)
    expect(data).not.toContain('hunter2!')
    expect(canonical(toData(secret('a'), 'x'))).not.toBe(canonical(toData(secret('b'), 'x')))
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
      'a link in the place of a file',
      (directory) => {
        rmSync(join(directory, 'in/a'))
        symlinkSync('run', join(directory, 'in/a'))
      },
    ],
    ['a link', (directory) => symlinkSync('a', join(directory, 'in/link'))],
  ])('%s does', (_, harm) => {
    expect(digest(harm)).not.toBe(plain())
  })

  test('a name cannot pass for a directory', () => {
    const one = temporary({ 'in/a/b': '1' })
    const two = temporary({ 'in/a': '1' })
    expect(plain(one)).not.toBe(plain(two))
  })
})
