import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import type { Finding, Fix } from '../../../core/cli/doctor/check.ts'
import { checksOf, examine } from '../../../core/cli/doctor/doctor.ts'
import { asRoot, fixText, mayRun } from '../../../core/cli/doctor/fix.ts'
import { thisHost } from '../../../core/cli/doctor/host.ts'
import { mend } from '../../../core/cli/doctor/mend.ts'
import { main } from '../../../core/cli/program.ts'
import { fakeHosts } from './fake.ts'

const host = fakeHosts()
afterEach(() => {
  vi.restoreAllMocks()
})

it('judges what is found: only what is essential fails', async () => {
  const found = await examine([
    { name: 'good', essential: true, run: async () => ({ ok: true, detail: '1' }) },
    { name: 'bad', essential: true, run: async () => ({ ok: false, detail: '2' }) },
    { name: 'minor', essential: true, run: async () => ({ ok: false, minor: true, detail: '3' }) },
    { name: 'other', essential: false, run: async () => ({ ok: false, detail: '4' }) },
    { name: 'thrown', essential: true, run: async () => Promise.reject(new Error('out of luck')) },
  ])
  expect(found.map(({ name, state, essential }) => [name, state, essential])).toEqual([
    ['good', 'ok', true],
    ['bad', 'failed', true],
    ['minor', 'warning', false],
    ['other', 'warning', false],
    ['thrown', 'failed', true],
  ])
  expect(found[4]?.detail).toBe('out of luck')
})

it('shows a fix as the command that this user types', () => {
  const fix = asRoot(true, ['apt-get', 'update'], ['apt-get', 'install', 'a b'])
  expect(fixText(fix, host({ uid: 0 }))).toBe("apt-get update && apt-get install 'a b'")
  expect(fixText(fix, host({ commands: { sudo: '' } }))).toBe(
    "sudo apt-get update && sudo apt-get install 'a b'",
  )
  expect(fixText(asRoot(true, ['modprobe', 'tun']), host())).toBe("su -c 'modprobe tun'")
  expect(mayRun(fix, host())).toBe(false)
  expect(mayRun(fix, host({ commands: { sudo: '' } }))).toBe(true)
  expect(mayRun(fix, host({ uid: 0 }))).toBe(true)
  expect(mayRun(asRoot(false, ['true']), host({ uid: 0 }))).toBe(false)
})

it('runs only safe fixes, each command once, and goes on after one that fails', async () => {
  const fake = host({
    uid: 0,
    commands: { add: 'echo "$1" >>"$0.log"; echo added "$1"', broken: 'echo no luck >&2; exit 3' },
  })
  const finding = (name: string, fix: Fix, state: Finding['state'] = 'failed'): Finding => ({
    name,
    fix,
    state,
    ok: state === 'ok',
    essential: true,
    detail: '',
  })
  const path = [...fake.path, '/usr/bin', '/bin']
  const lines: string[] = []
  const mended = await mend(
    [
      finding('broken', asRoot(true, ['broken'], ['add', 'never'])),
      finding('first', asRoot(true, ['add', 'lists'], ['add', 'one'])),
      finding('second', asRoot(true, ['add', 'lists'], ['add', 'two']), 'warning'),
      finding('unsafe', asRoot(false, ['add', 'unsafe'])),
      finding('well', asRoot(true, ['add', 'well']), 'ok'),
    ],
    { ...fake, path },
    { onLine: (line) => lines.push(line) },
  )
  expect(mended.map(({ name, ok }) => [name, ok])).toEqual([
    ['broken', false],
    ['first', true],
    ['second', true],
  ])
  expect(mended[0]?.message).toContain('no luck')
  expect(lines.filter((line) => line.startsWith('added'))).toEqual(['added lists', 'added one', 'added two'])
})

it('checks this machine, and --json says the same as the exit status', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'antidote-doctor-test-'))
  vi.stubEnv('ANTIDOTE_CACHE_DIR', join(directory, 'store'))
  const written: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  try {
    const json = await main(['node', 'antidote', 'doctor', '--json'])
    const { ok, checks } = JSON.parse(written.splice(0).join('')) as {
      ok: boolean
      checks: Record<string, unknown>[]
    }
    expect(json).toBe(ok ? 0 : 1)
    expect(checks.map(({ name }) => name)).toEqual(checksOf(thisHost()).map(({ name }) => name))
    for (const check of checks) {
      expect(check).toMatchObject({
        ok: expect.any(Boolean),
        detail: expect.stringMatching(/./),
        essential: expect.any(Boolean),
      })
      if ('fix' in check) expect(check).toMatchObject({ ok: false, fix: expect.any(String) })
    }
    expect(checks.find(({ name }) => name === 'Node.js')).toMatchObject({
      ok: true,
      detail: process.versions.node,
    })
    expect(await main(['node', 'antidote', 'doctor'])).toBe(json)
    expect(written.join('')).toMatch(/^OK {7}Linux/)
    expect(existsSync(join(directory, 'store'))).toBe(false)
  } finally {
    rmSync(directory, { recursive: true, force: true })
    vi.unstubAllEnvs()
  }
})
