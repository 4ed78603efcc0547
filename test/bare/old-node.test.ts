import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { must } from '../e2e/cli.ts'
import { temporaryDirectory } from '../e2e/directory.ts'
import { pack } from '../e2e/installed.ts'
import { type BareMachine, startBareMachine } from './machine.ts'

const work = temporaryDirectory()
const DOWNLOAD = 'Install a newer one first: https://nodejs.org/en/download\n'

let machine: BareMachine
beforeAll(async () => {
  machine = await startBareMachine('bookworm')
  await machine.must('git clone --quiet /antidote.git antidote')
})
afterAll(() => machine?.stop())

/** How many packages of Debian the machine has. */
const packages = async () => (await machine.must('dpkg-query -W')).split('\n').length

test('Debian 12 without Node.js: make docker says which is needed, and installs nothing', async () => {
  const before = await packages()
  const { code, stderr } = await machine.run('cd antidote && make docker')
  expect(stderr).toMatch(/^Node\.js 20\.19 or later is needed, and that of this system is 18\.\d+\.\d+\. /m)
  expect(stderr).toContain(DOWNLOAD)
  expect(stderr).not.toMatch(/^ +at /m)
  expect(code).toBe(2)
  expect(await packages()).toBe(before)
})

test('with the Node.js of Debian 12: make docker and an installed antidote say the same', async () => {
  await machine.must('apt-get install -y -q --no-install-recommends nodejs npm')
  const before = await packages()
  const made = await machine.run('cd antidote && make docker')
  expect(made.stdout).toBe('')
  expect(made.stderr).toMatch(
    /^Node\.js 20\.19 or later is needed, and the one in PATH is 18\.\d+\.\d+\. .*\nmake: .*\n$/,
  )
  expect(made.code).toBe(2)
  expect(await packages()).toBe(before)

  await must(['cp', await pack(work), join(machine.root, 'root/antidote.tgz')])
  await machine.must('npm install --global --no-audit --no-fund antidote.tgz')
  const { code, stdout, stderr } = await machine.run('antidote doctor')
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^antidote needs Node\.js 20\.19 or later, and this is 18\.\d+\.\d+\. .*\n$/)
  expect(stderr).toContain(DOWNLOAD)
  expect(code).toBe(2)
})
