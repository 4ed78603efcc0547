import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { secret } from 'antidote'
import { type DiskImageOptions, disk } from 'antidote/plugins'
import { expect, test } from 'vitest'
import { temporary } from '../../support/directory.ts'
import { imageOf, keysOf } from '../../support/image.ts'

const SUM = 'a'.repeat(64)

const keyOf = (options: DiskImageOptions, directory?: string): string =>
  keysOf(imageOf([disk(options)], {}, directory))['bootstrap disk import']!

test('the key holds what the image is, not where it comes from', () => {
  const key = keyOf({ url: 'https://example.org/disk.vmdk', sha256: SUM })
  expect(keyOf({ path: 'vendor/disk.vmdk', sha256: SUM.toUpperCase() })).toBe(key)
  expect(keyOf({ path: 'vendor/disk.vmdk', sha256: 'b'.repeat(64) })).not.toBe(key)
  // other hardware is another image, from the same converted disk
  const machined = keysOf(imageOf([disk({ path: 'disk.vmdk', sha256: SUM, machine: { bus: 'ide' } })]))
  const plain = keysOf(imageOf([disk({ path: 'disk.vmdk', sha256: SUM })]))
  expect(machined['bootstrap disk import']).toBe(key)
  expect(machined['qcow2 antidote ext4']).not.toBe(plain['qcow2 antidote ext4'])
  expect(keyOf({ path: 'disk.vmdk', sha256: SUM, format: 'raw' })).not.toBe(key)
  // that others may not be given it travels with the disk
  expect(keyOf({ path: 'disk.vmdk', sha256: SUM, redistributable: false })).not.toBe(key)
  expect(keyOf({ path: 'disk.vmdk', sha256: SUM, redistributable: true })).toBe(key)
  // the login is the boot stage's
  expect(keyOf({ path: 'disk.vmdk', sha256: SUM, login: { user: 'a', password: 'b' } })).toBe(key)
})

test('without a sum the file itself is in the key, and its extents always are', () => {
  const directory = temporary({ 'disk.vmdk': 'one', 'disk-flat.vmdk': 'two' })
  const options = { path: 'disk.vmdk', extents: ['disk-flat.vmdk'] }
  const [whole, summed] = [keyOf(options, directory), keyOf({ ...options, sha256: SUM }, directory)]
  writeFileSync(join(directory, 'disk-flat.vmdk'), 'another')
  expect(keyOf(options, directory)).not.toBe(whole)
  expect(keyOf({ ...options, sha256: SUM }, directory)).not.toBe(summed)
  writeFileSync(join(directory, 'disk-flat.vmdk'), 'two')
  expect(keyOf(options, directory)).toBe(whole)
  writeFileSync(join(directory, 'disk.vmdk'), 'another')
  expect(keyOf(options, directory)).not.toBe(whole)
  expect(() => keyOf({ path: 'nothing.vmdk' }, directory)).toThrow('nothing.vmdk')
})

test.each<[string, object]>([
  ['either `path` or `url`', {}],
  ['either `path` or `url`', { path: 'a', url: 'https://example.org/a', sha256: SUM }],
  ['needs its sha256', { url: 'https://example.org/a' }],
  ['not 64 hexadecimal digits', { path: 'a', sha256: 'abc' }],
  ['without a user or password', { url: 'https://me:secret@example.org/a', sha256: SUM }],
  ['http or https address', { url: 'ftp://example.org/a', sha256: SUM }],
  ['`extents` are for an image at a `path`', { url: 'https://example.org/a', sha256: SUM, extents: ['b'] }],
  ['size is the number of bytes', { url: 'https://example.org/a', sha256: SUM, size: '1G' }],
  ['`size` is for an image from a `url`', { path: 'a', size: 1000 }],
  ['"sha265" is not an option', { path: 'a', sha265: SUM }],
  ['"qcow" is not a format', { path: 'a', format: 'qcow' }],
  ['"memroy" is not a setting of `machine`', { path: 'a', machine: { memroy: 512 } }],
  ['machine.firmware is "efi"', { path: 'a', machine: { firmware: 'efi' } }],
  ['machine.memory is a string, not a number', { path: 'a', machine: { memory: '512M' } }],
  ['machine.login is for plugins', { path: 'a', machine: { login: { user: 'a', password: 'b' } } }],
  ['redistributable is true or false', { path: 'a', redistributable: 'no' }],
  ['must be one file', { path: 'a', extents: ['b'], redistributable: false }],
  ['`login` needs a user and a password', { path: 'a', login: { user: 'a' } }],
])('a wrong option is told: %s', (message, options) => {
  expect(() => disk(options as DiskImageOptions)).toThrow(message)
})

test('the login is given to the machine, and its password is in no key', async () => {
  const login = { user: 'admin', password: secret('s3cret-word') }
  const taps: ((spec: object) => unknown)[] = []
  const hook = { tap: (_: unknown, fn: never) => taps.push(fn) }
  disk({ path: 'a', sha256: SUM, login }).apply({ bootstrap: hook, boot: hook } as never, {
    name: 'img',
    directory: '/nowhere',
  })
  expect(taps[1]!({ name: 'img' })).toEqual({
    name: 'img',
    login: { user: 'admin', password: 's3cret-word' },
  })
  expect(JSON.stringify(keysOf(imageOf([disk({ path: 'a', sha256: SUM, login })])))).not.toContain('s3cret')
})
