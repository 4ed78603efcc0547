import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MachineGuest } from '../../../core/machine/guest/machine.ts'
import type { SshConnection } from '../../../core/machine/ssh/ssh.ts'
import { TestSsh } from '../ssh-server.ts'

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
    connect: async () => connection,
    explain: async (error) => error,
  })
})
afterEach(async () => {
  connection.close()
  server.stop()
  await rm(directory, { recursive: true })
})

const lives = (pid: number): boolean => {
  try {
    // a zombie has ended
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

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

test('a command ends by itself, whoever holds its output open', async () => {
  const script = 'sleep 600 & printf "%s" "$!"; exit 3'
  const { code, stdout } = await guest.exec(['sh', '-c', script], { allowFailure: true })
  expect(code).toBe(3)
  // nothing was done to what it left behind
  expect(process.kill(Number(stdout), 0)).toBe(true)
  const { stdout: all } = await guest.exec(['sh', '-c', 'sleep 600 & head -c 3000000 /dev/zero'])
  expect(all).toHaveLength(3_000_000)
})

test('a signal ends the wait for a command, however much that prints', async () => {
  for (const command of ['exec sleep 600', 'exec yes']) {
    const enough = new AbortController()
    const running = guest.exec(['sh', '-c', `echo begun; ${command}`], {
      signal: enough.signal,
      onLine: () => enough.abort(new Error('enough')),
    })
    await expect(running).rejects.toThrow('enough')
  }
  expect((await guest.exec(['echo', 'still here'])).stdout).toBe('still here\n')
})

test('in a guest that stays, what a command has started ends with it', async () => {
  const enough = new AbortController()
  const staying = new MachineGuest({
    user: 'root',
    connect: async () => connection,
    explain: async (error) => error,
    signal: () => enough.signal,
    stays: () => true,
  })
  let pid = 0
  // its own session, and more than anybody reads
  const running = staying.exec(['setsid', 'sh', '-c', 'echo $$; exec yes'], {
    onLine: (line) => {
      pid ||= Number(line)
      enough.abort(new Error('the deadline'))
    },
  })
  await expect(running).rejects.toThrow('the deadline')
  expect(lives(pid)).toBe(false)
  await expect(staying.exec(['true'])).rejects.toThrow('the deadline')
})

test('output is kept within bounds: more is refused, or only its end is kept', async () => {
  await expect(guest.exec(['yes'])).rejects.toMatchObject({
    code: 'GUEST_OUTPUT',
    message: 'In the guest, `yes` printed more than 64 MiB.',
  })
  const script = 'head -c 80000000 /dev/zero; printf end'
  const { stdout } = await guest.exec(['sh', '-c', script], { endOnly: true })
  expect(stdout).toHaveLength(65_536)
  expect(stdout.endsWith('\0end')).toBe(true)
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
