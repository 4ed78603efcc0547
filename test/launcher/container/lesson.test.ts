import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findLesson } from '../../../core/launcher/container/lesson.ts'

const directory = mkdtempSync(join(tmpdir(), 'antidote-lesson-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

// QEMU's own user, to whom the directory belongs: never root
if (process.getuid!() === 0) chownSync(directory, 64_055, 64_055)
const { uid, gid } = statSync(directory)

test.for([
  [0o755, uid, gid, false],
  [0o555, uid, gid, true],
  [0o755, uid + 1, gid + 1, true],
  [0o775, uid + 1, gid, false],
  [0o777, uid + 1, gid + 1, false],
] as const)('with mode %o for user %i and group %i, read-only: %s', async ([mode, user, group, readOnly]) => {
  chmodSync(directory, mode)
  expect(await findLesson(directory, { uid: user, gid: group })).toEqual({ directory, readOnly })
})

test('nothing that the guest makes becomes a file of root', async () => {
  chmodSync(directory, 0o777)
  expect(await findLesson(directory, { uid: 0, gid: 0 })).toEqual({ directory, readOnly: true })
})

test('nothing, or a file, is none', async () => {
  const file = join(directory, 'file')
  writeFileSync(file, '')
  expect(await findLesson('/nowhere', { uid, gid })).toBeUndefined()
  expect(await findLesson(file, { uid, gid })).toBeUndefined()
})
