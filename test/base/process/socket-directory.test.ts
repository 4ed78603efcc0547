import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { socketDirectory } from '../../../core/base/process/socket-directory.ts'
import { temporary } from '../../support/directory.ts'
import { giveAway } from '../../support/stranger.ts'

afterEach(() => vi.unstubAllEnvs())

const dead = () => spawnSync('true').pid

test('what a killed process of this user left goes, and nothing of anybody else', async () => {
  const parent = temporary()
  const victim = temporary({ 'precious.txt': '' })
  const name = (what: string) => join(parent, `antidote-vm-${dead()}-${what}`)
  const [own, link, foreign, open] = ['own', 'link', 'foreign', 'open'].map(name) as [
    string,
    string,
    string,
    string,
  ]
  mkdirSync(own, { mode: 0o700 })
  symlinkSync(victim, link)
  mkdirSync(foreign, { mode: 0o700 })
  giveAway(foreign)
  mkdirSync(open)
  chmodSync(open, 0o777)
  const { directory, remove } = await socketDirectory(parent)
  expect(statSync(directory).mode & 0o777).toBe(0o700)
  expect(existsSync(own)).toBe(false)
  expect(existsSync(join(victim, 'precious.txt'))).toBe(true)
  for (const path of [foreign, open]) expect(existsSync(path)).toBe(true)
  await remove()
  expect(existsSync(directory)).toBe(false)
})

test('sockets go into the directory of the session, where it is this user’s alone', async () => {
  const runtime = temporary()
  vi.stubEnv('XDG_RUNTIME_DIR', runtime)
  const first = await socketDirectory()
  expect(dirname(first.directory)).toBe(runtime)
  await first.remove()
  for (const other of ['/nowhere', join(runtime, 'x'.repeat(60)), '']) {
    vi.stubEnv('XDG_RUNTIME_DIR', other)
    const { directory, remove } = await socketDirectory()
    expect(dirname(directory)).not.toBe(other)
    await remove()
  }
  chmodSync(runtime, 0o777)
  vi.stubEnv('XDG_RUNTIME_DIR', runtime)
  const last = await socketDirectory()
  expect(dirname(last.directory)).not.toBe(runtime)
  await last.remove()
})
