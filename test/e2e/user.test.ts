import { chmodSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLI, command, imageDirectory, must } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const USER = 'antidote-e2e'
const work = temporaryDirectory()
let image: string

interface Built {
  artifact: { digest: string }
}

/** Nobody has rights of root in here; the account is gone after the test. */
const asUser = async (...args: string[]): Promise<Built> => {
  const argv = process.getuid?.() === 0 ? ['runuser', '-l', USER, '-c', '"$0" "$@"', '--'] : []
  const { code, stdout, stderr } = await command([...argv, process.execPath, CLI, '--json', ...args], {
    env: { ...process.env, ANTIDOTE_CACHE_DIR: '' },
  })
  if (code !== 0) throw new Error(`antidote ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout) as Built
}

beforeAll(async () => {
  await must(['userdel', '--remove', '--force', USER]).catch(() => {})
  await must(['useradd', '--create-home', USER])
  chmodSync(work, 0o755)
  image = imageDirectory(work, 'anybody', "use: [debian({ kernel: 'distro' })]")
})
afterAll(async () => {
  // files of subordinate users are root's to remove
  await must(['userdel', '--remove', '--force', USER])
})

test('an ordinary user gets the same bytes as root', async () => {
  const theirs = await asUser('-C', image, 'build')
  const ours = JSON.parse(await must([process.execPath, CLI, '--json', '-C', image, 'build'])) as Built
  expect(theirs.artifact.digest).toBe(ours.artifact.digest)
})
