import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRepository } from './centos/repository.ts'
import { CLI, imageDirectory, must, ROOT } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { withDevice } from './tun.ts'

const USER = 'antidote-e2e'
const work = temporaryDirectory()
let image: string

interface Built {
  artifact: { digest: string }
}

/** Nobody has rights of root in here; the account is gone after the test. */
const asUser = async (...args: string[]): Promise<string> => {
  const argv = ['runuser', '-u', USER, '--', 'env', `HOME=/home/${USER}`, 'XDG_CACHE_HOME=']
  const antidote = [process.execPath, join(work, 'dist/core/cli/bin.js')]
  return must(withDevice([...argv, ...antidote, ...args]), {
    env: { ...process.env, ANTIDOTE_CACHE_DIR: '' },
  })
}

const builtAsUser = async (image: string): Promise<Built> =>
  JSON.parse(await asUser('--json', '-C', image, 'build')) as Built

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
  const theirs = await builtAsUser(image)
  const ours = JSON.parse(await must([process.execPath, CLI, '--json', '-C', image, 'build'])) as Built
  expect(theirs.artifact.digest).toBe(ours.artifact.digest)
})

test('and reaches as little of the loopback of the host', async () => {
  const servers = [0, 1].map(() =>
    createServer((socket) => socket.on('error', () => {}).end('hello\n')).listen(0, '127.0.0.1'),
  )
  try {
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const [hidden, named] = servers.map((server) => (server.address() as AddressInfo).port)
    const ask = (port: number) => `(exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3) 2>/dev/null || echo closed`
    const reach = imageDirectory(work, 'reach', `loopback: [${named}], use: [debian({ kernel: 'distro' })]`)
    const script = `${ask(hidden!)}; ${ask(named!)}; apt-get -qq -o APT::Sandbox::User=root update && echo updated`
    expect(await asUser('-C', reach, 'shell', 'bootstrap', '--', 'bash', '-c', script)).toBe(
      'closed\nhello\nupdated\n',
    )
  } finally {
    for (const server of servers) server.close()
  }
})

test('and of another distribution', async () => {
  const { url, key, server } = await startRepository()
  try {
    const repositories = JSON.stringify([{ name: 'os', baseurl: `${url}/os`, key: 'key.asc' }])
    const centos = imageDirectory(work, 'another', `use: [centos({ repositories: ${repositories} })]`, {
      'key.asc': key,
    })
    const theirs = await builtAsUser(centos)
    const ours = JSON.parse(await must([process.execPath, CLI, '--json', '-C', centos, 'build'])) as Built
    expect(theirs.artifact.digest).toBe(ours.artifact.digest)
  } finally {
    server.close()
  }
})
