import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findLesson } from '../../core/launcher/lesson.ts'

const directory = mkdtempSync(join(tmpdir(), 'antidote-lesson-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const [uid, gid] = [process.getuid!(), process.getgid!()]

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

test('nothing, or a file, is none', async () => {
  const file = join(directory, 'file')
  writeFileSync(file, '')
  expect(await findLesson('/nowhere', { uid, gid })).toBeUndefined()
  expect(await findLesson(file, { uid, gid })).toBeUndefined()
})
