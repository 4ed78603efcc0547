import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A directory of its own, gone after the tests of the file; to be called at the top of it. */
export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-e2e-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
