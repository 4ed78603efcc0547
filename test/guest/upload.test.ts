import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import type { Guest } from '../../core/guest/guest.ts'
import { MachineGuest } from '../../core/guest/machine.ts'
import { TreeGuest } from '../../core/guest/tree.ts'
import { run, start } from '../../core/process/run.ts'
import { TestSsh } from '../machine/ssh-server.ts'
import { temporary, write } from '../support/directory.ts'
import { makeTree } from '../support/tree.ts'

/** A guest, and where its directory `/opt/there` is on this host. */
interface Kind {
  guest: Guest
  to: string
  seen: string
}

const base = makeTree(mkdtempSync(join(tmpdir(), 'antidote-tree-')))
afterAll(() => rmSync(base, { recursive: true, force: true }))

const overTree = async (): Promise<Kind> => {
  const directory = temporary()
  for (const name of ['upper', 'work']) mkdirSync(join(directory, name))
  const [upper, work] = [join(directory, 'upper'), join(directory, 'work')]
  return {
    guest: new TreeGuest({ lower: [base], upper, work, env: {} }),
    to: '/opt/there',
    seen: join(upper, 'opt/there'),
  }
}

let server: TestSsh | undefined
afterAll(() => server?.stop())

/** `pack` is what packs the directory on this host. */
const overSsh = async (pack = run): Promise<Kind> => {
  server ??= await TestSsh.start()
  const connection = await server.connect()
  const to = join(temporary(), 'there')
  const access = { user: 'root', tools: { run: pack, start }, connect: async () => connection }
  return { guest: new MachineGuest({ ...access, explain: async (error) => error }), to, seen: to }
}

describe.each([
  ['a tree', overTree],
  ['a machine', () => overSsh()],
])('a directory uploaded into %s', (_, make) => {
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

test('an archive that breaks off changes nothing', async () => {
  const half: typeof run = async (argv, options) => {
    const result = await run(argv, options)
    truncateSync(argv[argv.indexOf('-cf') + 1]!, 1500)
    return result
  }
  const { guest, to, seen } = await overSsh(half)
  write(seen, { 'lesson.md': 'old' })
  const upload = guest.upload(temporary({ a: '1', b: '2' }), to, { replace: true })
  await expect(upload).rejects.toMatchObject({ code: 'GUEST_COMMAND_FAILED' })
  expect((await guest.exec(['ls', '-A', to])).stdout).toBe('lesson.md\n')
})
