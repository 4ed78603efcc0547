import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeFifo, temporary } from '../../support/directory.ts'
import { kinds, modeOf, overTree } from '../../support/guests.ts'

describe.each(kinds)('a directory uploaded into %s', (_, make) => {
  test('is root’s and readable for everybody, links are links, and nothing else is left', async () => {
    const { guest, to, seen } = await make()
    const from = temporary({ 'a b/run': '#!/bin/sh\n', 'a b/.hidden': 'x', secret: 'y' })
    chmodSync(join(from, 'secret'), 0o600)
    chmodSync(join(from, 'a b/run'), 0o700)
    symlinkSync('/etc/hostname', join(from, 'out'))
    await guest.upload(from, to)
    expect(readlinkSync(join(seen, 'out'))).toBe('/etc/hostname')
    expect(readFileSync(join(seen, 'a b/.hidden'), 'utf8')).toBe('x')
    const mode = (path: string) => lstatSync(join(seen, path)).mode & 0o7777
    expect([mode('secret'), mode('a b'), mode('a b/run')]).toEqual([0o644, 0o755, 0o755])
    expect(statSync(join(seen, 'secret')).uid).toBe(0)
    const { stdout } = await guest.exec(['find', to, '-mindepth', '1'])
    expect(stdout.trim().split('\n')).toHaveLength(5)
  })

  test('leaves mode and owner of what is there, and what else is there', async () => {
    const { guest, to, seen } = await make()
    await guest.exec(['sh', '-c', 'mkdir -p "$1/sub"; echo x >"$1/sub/kept"', 'sh', to])
    await guest.exec(['sh', '-c', 'chown 1000 "$1" "$1/sub"; chmod 700 "$1/sub"', 'sh', to])
    await guest.upload(temporary({ 'sub/new': 'n', 'sub/deep/new': 'n' }), to, { owner: '0:0' })
    expect([statSync(seen).uid, statSync(join(seen, 'sub')).uid]).toEqual([1000, 1000])
    expect(lstatSync(join(seen, 'sub')).mode & 0o7777).toBe(0o700)
    expect(existsSync(join(seen, 'sub/kept'))).toBe(true)
  })

  test('gives what is new a mode and an owner', async () => {
    const { guest, to, seen } = await make()
    await guest.upload(temporary({ 'sub/file': 'n' }), to, { owner: '1000:1000', mode: 0o640 })
    const file = lstatSync(join(seen, 'sub/file'))
    expect([file.uid, file.gid, file.mode & 0o7777]).toEqual([1000, 1000, 0o640])
    expect(lstatSync(join(seen, 'sub')).mode & 0o7777).toBe(0o755)
    expect([statSync(seen).uid, statSync(join(seen, 'sub')).uid]).toEqual([1000, 1000])
    await expect(guest.upload(temporary({ x: '' }), to, { owner: 'nobody-here' })).rejects.toMatchObject({
      code: 'FILE_OWNER',
    })
  })

  test('goes through a link to a directory, and takes the place of a link that has changed', async () => {
    const { guest, to, seen } = await make()
    await guest.exec(['sh', '-c', 'mkdir -p "$1/real"; ln -s real "$1/alias"', 'sh', to])
    await guest.upload(temporary({ 'alias/file': 'through' }), to)
    expect(readFileSync(join(seen, 'real/file'), 'utf8')).toBe('through')
    const from = temporary({ real: 'no' })
    await expect(guest.upload(from, to)).rejects.toMatchObject({
      details: { lines: ['./real is a directory'] },
    })
    rmSync(join(from, 'real'))
    symlinkSync('elsewhere', join(from, 'alias'))
    await guest.upload(from, to)
    expect(readlinkSync(join(seen, 'alias'))).toBe('elsewhere')
    await guest.upload(temporary({ 'alias/file': 'x' }), to)
    expect(lstatSync(join(seen, 'alias')).isDirectory()).toBe(true)
  })

  test('replaces what is there, and does not go through the links it finds', async () => {
    const { guest, to, seen } = await make()
    const outside = `${to}-outside`
    await guest.exec(['sh', '-c', 'mkdir -p "$1" "$2"; ln -s "$2" "$1/x"; : >"$1/.gone"', 'sh', to, outside])
    await guest.upload(temporary({ 'x/file': 'new' }), to, { replace: true })
    expect(lstatSync(join(seen, 'x')).isDirectory()).toBe(true)
    expect(existsSync(join(seen, '.gone'))).toBe(false)
    expect((await guest.exec(['ls', '-A', outside])).stdout).toBe('')
    await guest.upload(temporary({}), to, { replace: true })
    expect((await guest.exec(['ls', '-A', to])).stdout).toBe('')
  })
})

describe.each(kinds)('a directory uploaded into %s with the modes of the host', (_, make) => {
  const source = () => {
    const from = temporary({ key: 'k', 'sub/run!': '#!/bin/sh\n', 'sub/suid!': 'x', 'sub/sgid!': 'x' })
    for (const [name, mode] of [
      ['key', 0o600],
      ['sub', 0o2770],
      ['sub/run', 0o700],
      ['sub/suid', 0o4755],
      ['sub/sgid', 0o6711],
      ['.', 0o750],
    ] as const)
      chmodSync(join(from, name), mode)
    return from
  }
  const names = ['.', 'key', 'sub', 'sub/run', 'sub/suid', 'sub/sgid']

  test.each([undefined, '1000:1000'])('keeps them, set-user-ID too; owner %s', async (owner) => {
    const { guest, to, seen } = await make()
    await guest.upload(source(), to, { keepModes: true, ...(owner && { owner }) })
    expect(names.map((name) => modeOf(join(seen, name)))).toEqual([
      '750',
      '600',
      '2770',
      '700',
      '4755',
      '6711',
    ])
    expect(names.map((name) => statSync(join(seen, name)).uid)).toEqual(names.map(() => (owner ? 1000 : 0)))
  })

  test('gives files the mode that is named, and leaves a directory that was there', async () => {
    const { guest, to, seen } = await make()
    await guest.exec(['mkdir', '-p', '-m', '711', to])
    await guest.upload(source(), to, { keepModes: true, mode: 0o4750, owner: '1000:1000' })
    expect(names.map((name) => modeOf(join(seen, name)))).toEqual([
      '711',
      '4750',
      '2770',
      '4750',
      '4750',
      '4750',
    ])
  })
})

test('a thousand files take a few processes, not one each', async () => {
  const { guest, to, seen } = await overTree()
  const counting = '#!/bin/sh\necho "$0" >>/var/moves\nexec /bin/mv "$@"\n'
  await guest.write('/usr/local/bin/mv', counting, { mode: 0o755 })
  await guest.exec(['mkdir', '-p', to, '/var'])
  const names = Array.from({ length: 1000 }, (_, at) => String(at))
  await guest.upload(temporary(Object.fromEntries(names.map((name) => [name, name]))), to, { owner: '1000' })
  expect(readdirSync(seen)).toHaveLength(1000)
  expect(readFileSync(join(seen, '999'), 'utf8')).toBe('999')
  expect((await guest.read('/var/moves')).toString().trim().split('\n').length).toBeLessThan(10)
})

describe.each(kinds)('what breaks off on its way into %s', (_, make) => {
  const large = 'x'.repeat(3 << 20)

  test('changes nothing: a directory', async () => {
    const { guest, to, seen } = await make()
    const from = temporary({ a: large })
    makeFifo(join(from, 'z'))
    await guest.write(`${to}/lesson.md`, 'old')
    await expect(guest.upload(from, to, { replace: true })).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    expect(readdirSync(seen)).toEqual(['lesson.md'])
    await expect(guest.upload(from, `${to}/new`)).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
    expect(readdirSync(seen)).toEqual(['lesson.md'])
  })

  test('changes nothing: a file', async () => {
    const { guest, to, seen } = await make()
    const from = temporary({ a: large })
    await guest.write(`${to}/lesson.md`, 'old')
    const upload = guest.upload(join(from, 'a'), `${to}/lesson.md`)
    truncateSync(join(from, 'a'), 1 << 20)
    await expect(upload).rejects.toMatchObject({
      message: `${join(from, 'a')} cannot be read: it became shorter meanwhile.`,
    })
    expect(readdirSync(seen)).toEqual(['lesson.md'])
    expect(readFileSync(join(seen, 'lesson.md'), 'utf8')).toBe('old')
  })
})

test('names that are long, or no text, and contents of any size arrive', async () => {
  const { guest, to, seen } = await overTree()
  const long = 'n'.repeat(200)
  const from = temporary({ [`${long}/${long}`]: 'deep', empty: '', [`${'m'.repeat(100)}`]: 'x'.repeat(512) })
  writeFileSync(Buffer.concat([Buffer.from(`${from}/`), Buffer.from([0xff, 0xfe])]), 'bytes')
  symlinkSync(`/${long}`, join(from, 'link'))
  await guest.upload(from, to)
  expect(readFileSync(join(seen, long, long), 'utf8')).toBe('deep')
  expect(readlinkSync(join(seen, 'link'))).toBe(`/${long}`)
  expect(statSync(join(seen, 'm'.repeat(100))).size).toBe(512)
  expect(readFileSync(Buffer.concat([Buffer.from(`${seen}/`), Buffer.from([0xff, 0xfe])]), 'utf8')).toBe(
    'bytes',
  )
})
