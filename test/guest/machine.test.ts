import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MachineGuest } from '../../core/guest/machine.ts'
import type { SshConnection } from '../../core/machine/ssh.ts'
import { run } from '../../core/process/run.ts'
import { TestSsh } from '../machine/ssh-server.ts'

let server: TestSsh
let connection: SshConnection
let guest: MachineGuest
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'antidote test '))
  server = await TestSsh.start()
  connection = await server.connect()
  guest = new MachineGuest({
    user: 'root',
    tools: { run },
    connect: async () => connection,
    explain: async (error) => error,
  })
})
afterEach(async () => {
  connection.close()
  server.stop()
  await rm(directory, { recursive: true })
})

test('a command gets its arguments, environment and input as they are', async () => {
  const script = 'printf "%s|" "$@" "$NAME"; cat'
  const { stdout } = await guest.exec(['sh', '-c', script, 'sh', 'a b', "it's", '$X', ''], {
    env: { NAME: "v 'x' $y" },
    input: 'typed\n',
  })
  expect(stdout).toBe("a b|it's|$X||v 'x' $y|typed\n")
  await expect(guest.exec(['true'], { env: { 'A B': '' } })).rejects.toMatchObject({ code: 'GUEST_ARGUMENT' })
})

test('lines come as they are written, the last one too', async () => {
  const lines: string[] = []
  await guest.exec(['sh', '-c', 'echo one; echo two >&2; printf three'], {
    onLine: (line) => lines.push(line),
  })
  expect(lines.sort()).toEqual(['one', 'three', 'two'])
})

test('a failure shows the command, its status and its last lines', async () => {
  await expect(guest.exec(['sh', '-c', 'echo out; echo err >&2; exit 4'])).rejects.toMatchObject({
    code: 'GUEST_COMMAND_FAILED',
    message: 'In the guest, `sh -c echo out; echo err >&2; exit 4` ended with exit status 4.',
    details: { lines: ['out', 'err'] },
  })
  expect(await guest.exec(['sh', '-c', 'exit 3'], { allowFailure: true })).toMatchObject({ code: 3 })
  expect(await guest.exec(['sh', '-c', 'kill -9 $$'], { allowFailure: true })).toMatchObject({ code: 137 })
})

test('a command that takes too long is ended in the guest as well', async () => {
  const mark = join(directory, 'mark')
  const slow = guest.exec(['sh', '-c', 'echo begun; sleep 3; : >"$1"', 'sh', mark], { timeout: 500 })
  await expect(slow).rejects.toMatchObject({ code: 'GUEST_TIMEOUT', details: { lines: ['begun'] } })
  await guest.exec(['sleep', '3'])
  await expect(stat(mark)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('many commands share the connection', async () => {
  const all = Array.from({ length: 20 }, (_, n) => guest.exec(['echo', String(n)]))
  expect((await Promise.all(all)).map(({ stdout }) => stdout.trim())).toEqual(
    Array.from({ length: 20 }, (_, n) => String(n)),
  )
})

test('a session carries any bytes both ways', async () => {
  const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256))
  const { code, stdout, stderr } = await guest.session((exec) =>
    exec(['sh', '-c', 'cat; echo "$1" >&2; exit 5', 'sh', 'a b'], { input: bytes }),
  )
  expect([code, stdout.equals(bytes), stderr.toString()]).toEqual([5, true, 'a b\n'])
})

test('a command that does not read its input is no failure', async () => {
  expect(await guest.exec(['true'], { input: new Uint8Array(4 << 20) })).toMatchObject({ code: 0 })
})

test('files are written whole, with directories above and their mode', async () => {
  const path = join(directory, 'new dir', "it's")
  await guest.write(path, 'content', { mode: 0o640 })
  expect(await readFile(path, 'utf8')).toBe('content')
  expect((await stat(path)).mode & 0o777).toBe(0o640)
  await guest.write(path, 'x')
  expect((await stat(path)).mode & 0o777).toBe(0o640)
  await guest.write(join(directory, 'plain'), new Uint8Array([0, 255, 10]))
  expect((await stat(join(directory, 'plain'))).mode & 0o777).toBe(0o644)
  expect(await guest.read(join(directory, 'plain'))).toEqual(Buffer.from([0, 255, 10]))
})

test('an owner that the guest does not know is named', async () => {
  await expect(guest.write(join(directory, 'x'), '', { owner: 'nobody-knows-them' })).rejects.toMatchObject({
    code: 'FILE_OWNER',
    message: expect.stringContaining('"nobody-knows-them"'),
  })
  await expect(guest.read(join(directory, 'none'))).rejects.toMatchObject({ code: 'GUEST_COMMAND_FAILED' })
})

test('directories and large files go up and come down unchanged', async () => {
  const from = join(directory, 'from')
  await mkdir(join(from, 'sub'), { recursive: true })
  const bytes = Buffer.alloc(3 << 20, 'binary\0\n')
  await writeFile(join(from, 'sub', 'a b'), bytes)
  await writeFile(join(from, 'run'), '#!/bin/sh\n', { mode: 0o755 })
  await symlink('run', join(from, 'link'))
  const owner = `${process.getuid!()}:${process.getgid!()}`
  await guest.upload(from, join(directory, 'to'), { owner })
  expect(bytes.equals(await readFile(join(directory, 'to', 'sub', 'a b')))).toBe(true)
  expect((await stat(join(directory, 'to', 'link'))).mode & 0o777).toBe(0o755)
  await guest.upload(join(from, 'run'), join(directory, 'alone'), { owner })
  expect((await stat(join(directory, 'alone'))).mode & 0o777).toBe(0o755)
  await guest.download(join(directory, 'to', 'sub', 'a b'), join(directory, 'back'))
  expect(bytes.equals(await readFile(join(directory, 'back')))).toBe(true)
  await expect(guest.download(join(directory, 'none'), join(directory, 'back2'))).rejects.toThrow()
  await expect(stat(join(directory, 'back2'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a connection that breaks fails what runs on it', async () => {
  const running = guest.exec(['sleep', '60'])
  const failed = expect(running).rejects.toMatchObject({ code: 'SSH_FAILED' })
  await guest.exec(['true'])
  server.drop()
  await failed
  expect(connection.open).toBe(false)
})

test('a wrong password is refused by name', async () => {
  const wrong = await server.connect('wrong')
  await expect(wrong.ready).rejects.toMatchObject({
    code: 'SSH_LOGIN',
    message: expect.stringContaining('"root"'),
  })
})
