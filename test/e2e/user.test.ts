import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRepository } from './centos/repository.ts'
import { CLI, command, imageDirectory, must, ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const USER = 'antidote-e2e'
const work = temporaryDirectory()
let image: string

interface Built {
  artifact: { digest: string }
}

/** Nobody has rights of root in here; the account is gone after the test. */
const asUser = async (...args: string[]): Promise<Built> => {
  const argv = ['runuser', '-u', USER, '--', 'env', `HOME=/home/${USER}`, 'XDG_CACHE_HOME=']
  const { code, stdout, stderr } = await command(
    [...argv, process.execPath, join(work, 'dist/core/cli/bin.js'), '--json', ...args],
    {
      env: { ...process.env, ANTIDOTE_CACHE_DIR: '' },
    },
  )
  if (code !== 0) throw new Error(`antidote ${args.join(' ')} ended with ${code}\n${stdout}\n${stderr}`)
  return JSON.parse(stdout) as Built
}

beforeAll(async () => {
  await must(['userdel', '--remove', '--force', USER]).catch(() => {})
  await must(['useradd', '--create-home', USER])
  chmodSync(work, 0o755)
  // the checkout may be where only root looks
  await must(['cp', '-a', join(ROOT, 'package.json'), join(ROOT, 'dist'), join(ROOT, 'node_modules'), work])
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

test('and of another distribution', async () => {
  const { url, key, server } = await startRepository()
  try {
    const repositories = JSON.stringify([{ name: 'os', baseurl: `${url}/os`, key: 'key.asc' }])
    const centos = imageDirectory(work, 'another', `use: [centos({ repositories: ${repositories} })]`, {
      'key.asc': key,
    })
    const theirs = await asUser('-C', centos, 'build')
    const ours = JSON.parse(await must([process.execPath, CLI, '--json', '-C', centos, 'build'])) as Built
    expect(theirs.artifact.digest).toBe(ours.artifact.digest)
  } finally {
    server.close()
  }
})
