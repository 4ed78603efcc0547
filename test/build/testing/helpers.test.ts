import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, expectFile, expectOutput, runScript } from '../../../core/build/plugin-testing/index.ts'
import { expectInOrder } from '../../../core/build/testing/expect.ts'
import { MachineGuest } from '../../../core/machine/guest/machine.ts'
import type { SshConnection } from '../../../core/machine/ssh/ssh.ts'
import { TestSsh } from '../../machine/ssh-server.ts'

let server: TestSsh
let connection: SshConnection
let guest: MachineGuest
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'antidote-test-'))
  server = await TestSsh.start()
  connection = await server.connect()
  const connect = async () => connection
  guest = new MachineGuest({ user: 'root', connect, explain: async (error) => error })
})
afterEach(async () => {
  connection.close()
  server.stop()
  await rm(directory, { recursive: true })
})

test('expectOutput compares without the white space around it, or by a pattern', async () => {
  await expectOutput(guest, ['echo', 'a b'], 'a b')
  await expectOutput(guest, ['echo', 'version 12'], /version \d+/)
  await expect(expectOutput(guest, ['echo', 'x'], 'y')).rejects.toMatchObject({
    code: 'EXPECTATION',
    message: '`echo x` did not print "y".',
    details: { lines: ['x'] },
  })
  await expect(expectOutput(guest, ['echo', '10.0.0.1  r1'], '10.0.0.1')).rejects.toThrow(
    '`echo 10.0.0.1  r1` did not print "10.0.0.1" alone; for a part of it write a pattern, like /text/.',
  )
})

test('expectInOrder wants all of them, one after the other', async () => {
  const cards = ['em0: AA:01', 'em3: aa:02', 'em4: aa:03']
  await expectInOrder(guest, ['printf', '%s\\n', ...cards], ['aa:01', 'aa:02', 'aa:03'])
  await expect(
    expectInOrder(guest, ['printf', '%s\\n', ...cards], ['aa:01', 'aa:03', 'aa:02']),
  ).rejects.toMatchObject({ code: 'EXPECTATION', message: expect.stringContaining('does not show aa:02') })
})

test('expectFile does so for a file', async () => {
  const path = join(directory, 'file')
  await writeFile(path, 'content\n')
  await expectFile(guest, path, 'content')
  await expect(expectFile(guest, path, /other/)).rejects.toMatchObject({ code: 'EXPECTATION' })
})

test('eventually waits for what comes later, and gives the last failure', async () => {
  const path = join(directory, 'late')
  setTimeout(() => void writeFile(path, ''), 700)
  await eventually(() => expectOutput(guest, ['ls', path], path))
  await expect(eventually(() => expectOutput(guest, ['echo', 'x'], 'y'), 100)).rejects.toThrow(
    'did not print',
  )
})

test('a script runs in the guest, and shows its last lines where it fails', async () => {
  const script = join(directory, 'test.sh')
  const lines: string[] = []
  await writeFile(script, '#!/bin/sh\necho "$WHO in $(dirname "$0")"\n')
  await runScript(guest, script, { env: { WHO: 'me' }, onLine: (line) => lines.push(line) })
  expect(lines).toEqual([expect.stringMatching(/^me in \/tmp\/antidote-[0-9a-f]+$/)])
  await expect(guest.exec(['ls', lines[0]!.slice(6)])).rejects.toMatchObject({ code: 'GUEST_COMMAND_FAILED' })
  await writeFile(script, '#!/bin/sh\nseq 20; exit 3\n')
  await expect(runScript(guest, script)).rejects.toMatchObject({
    code: 'SCRIPT_FAILED',
    message: 'test.sh ended with exit status 3.',
    details: { lines: Array.from({ length: 15 }, (_, n) => String(n + 6)) },
  })
})
