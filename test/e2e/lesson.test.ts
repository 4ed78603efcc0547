import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { loadEndpoint } from './endpoint-image.ts'

const work = temporaryDirectory()
const lesson = mkdtempSync(join(tmpdir(), 'antidote-e2e-lesson-'))
afterAll(() => rmSync(lesson, { recursive: true, force: true }))
let container: Container

beforeAll(async () => {
  // the guest's users see the modes of the host
  chmodSync(lesson, 0o755)
  mkdirSync(join(lesson, 'stage0'))
  writeFileSync(join(lesson, 'stage0/guide.md'), 'Welcome\n')
  symlinkSync('/machine/machine.json', join(lesson, 'absolute'))
  symlinkSync('../machine/machine.json', join(lesson, 'relative'))
  symlinkSync('/', join(lesson, 'root'))
  symlinkSync('stage0/guide.md', join(lesson, 'inside'))
  await loadEndpoint(work)
  container = await Container.run('antidote-e2e-lesson', { args: ['--volume', `${lesson}:/antidote:ro`] })
  await container.ready()
})

test('what is in the lesson directory is read in the guest, and what comes later too', async () => {
  expect(await container.guest('cat /antidote/stage0/guide.md /antidote/inside')).toBe('Welcome\nWelcome')
  writeFileSync(join(lesson, 'later'), 'more\n')
  expect(await container.guest('cat /antidote/later')).toBe('more')
  expect((await container.status()).lesson).toBe('read-only')
})

test('a link that leads out of it shows nothing of the container', async () => {
  // the container has the file, and the guest has none of that name
  expect(await container.guest('ls /machine 2>&1 || true')).toContain('No such file')
  for (const name of ['absolute', 'relative', 'root/machine/machine.json']) {
    expect(await container.guest(`cat /antidote/${name} 2>&1 || true`)).toContain('No such file')
  }
  // a link to a directory is the guest's own directory
  expect(await container.guest('cat /antidote/root/etc/hostname')).toBe('endpoint')
  expect(await container.guest('ls -a /antidote/.. | grep -c "^machine$" || true')).toBe('0')
})

test('it cannot be written, by root of the guest neither', async () => {
  const { code, stderr } = await container.antidote('ssh', 'sudo', 'touch', '/antidote/x', '/antidote/later')
  expect(code).not.toBe(0)
  expect(stderr).toContain('Read-only file system')
})
