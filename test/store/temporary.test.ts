import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { temporary as check } from '../../core/cli/doctor/resources.ts'
import { checkTemporary } from '../../core/store/temporary.ts'
import { temporary } from '../support/directory.ts'

const before = process.env.TMPDIR
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
})

test('a TMPDIR that is not there, or is no directory, is said before anything begins', async () => {
  const directory = temporary({ file: '' })
  process.env.TMPDIR = directory
  checkTemporary()
  expect((await check().run()).ok).toBe(true)
  for (const [name, reason] of [
    ['gone', 'it does not exist'],
    ['file', 'it is not a directory'],
    ['file/below', 'it does not exist'],
  ] as const) {
    process.env.TMPDIR = join(directory, name)
    expect(checkTemporary).toThrow(
      `Temporary files cannot be written to ${join(directory, name)}: ${reason}.`,
    )
    expect(await check().run()).toMatchObject({ ok: false, detail: `${join(directory, name)}: ${reason}` })
  }
})
