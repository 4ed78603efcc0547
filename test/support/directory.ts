import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A directory that is gone after the test, with these files; a name that ends in "!" is made executable. */
export const temporary = (files: Record<string, string> = {}): string => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  write(directory, files)
  return directory
}

/** A FIFO that nobody writes to: to open it waits for ever. */
export const makeFifo = (path: string): void => {
  execFileSync('mkfifo', [path])
}

export const write = (directory: string, files: Record<string, string>): void => {
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name.replace(/!$/, ''))
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode: name.endsWith('!') ? 0o755 : 0o644 })
  }
}
