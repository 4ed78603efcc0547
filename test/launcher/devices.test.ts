import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { admit } from '../../core/launcher/devices.ts'

const directory = mkdtempSync(join(tmpdir(), 'antidote-devices-'))
const device = join(directory, 'tun')
afterAll(() => rmSync(directory, { recursive: true, force: true }))
beforeEach(() => writeFileSync(device, ''))

const mode = () => statSync(device).mode & 0o777
const mounts = (type: string, point = directory) => `30 20 0:1 / ${point} rw - ${type} none rw\n`
const OTHER = process.geteuid!() + 1

test("a node of the container's own is opened", () => {
  chmodSync(device, 0o600)
  expect(admit(device, OTHER, mounts('tmpfs'))).toBeUndefined()
  expect(mode()).toBe(0o666)
})

test.for([
  ["the host's /dev", mounts('devtmpfs')],
  ['one that is mounted by itself', mounts('tmpfs') + mounts('ext4', device)],
] as const)('%s stays as it is', ([, table]) => {
  chmodSync(device, 0o600)
  expect(admit(device, OTHER, table)).toBeUndefined()
  expect(mode()).toBe(0o600)
})

test('one that our own user opens anyway stays as it is', () => {
  chmodSync(device, 0o600)
  admit(device, process.geteuid!(), mounts('tmpfs'))
  expect(mode()).toBe(0o600)
})

test.runIf(process.geteuid!() === 0)("a group that may open it is the user's way in", () => {
  chownSync(device, 0, 108)
  chmodSync(device, 0o660)
  expect(admit(device, OTHER, mounts('tmpfs'))).toBe(108)
  expect(mode()).toBe(0o660)
  chownSync(device, 0, 0)
})

test('one that is not there is no matter', () => {
  expect(admit('/nowhere/tun', OTHER)).toBeUndefined()
})
