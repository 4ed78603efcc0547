import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { onTmpfs } from '../support/child.ts'
import { antidote, antidoteJson, CLI, command, must } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { podmanEnvironment } from './podman.ts'
import { tiny } from './tiny-image.ts'

const work = temporaryDirectory()

test('an archive is what podman loads, with the version of its tag and the time of its sources', async () => {
  const image = tiny(work, 'publish-archive', `archive ${work}`)
  const archive = join(work, 'publish.tar')
  const write = async () => {
    const { digest } = await antidoteJson<{ digest: string }>(
      [
        ...['-C', image, 'publish', '--no-test', '--tag', 'localhost/publish-archive:v7'],
        // skopeo and podman would take what follows a colon for a name
        ...['--archive', archive, '--output', join(work, 'lay:out')],
      ],
      { env: { ...podmanEnvironment, SOURCE_DATE_EPOCH: '1767322445' } },
    )
    return [digest, await must(['sha256sum', archive])]
  }
  const first = await write()
  await must(['podman', 'load', '--input', archive], { env: podmanEnvironment })
  const text = await must(['podman', 'image', 'inspect', 'localhost/publish-archive:v7'], {
    env: podmanEnvironment,
  })
  expect(JSON.parse(text)).toMatchObject([
    {
      Created: expect.stringMatching(/^2026-01-02T02:54:05(\.0+)?Z$/),
      Config: { Labels: { 'org.opencontainers.image.version': 'v7' } },
    },
  ])
  await must(['podman', 'rmi', 'localhost/publish-archive:v7'], { env: podmanEnvironment })
  expect(await write()).toEqual(first)
})

test.each([
  ['an archive', ['publish', '--no-test', '--archive']],
  ['a build context', ['publish', '--no-test', '--dockerfile']],
  ['a layout', ['publish', '--no-test', '--output']],
])('%s that does not fit on its disk: which that is, and nothing is left', async (_, verb) => {
  const image = tiny(work, 'publish-full', `full ${work}`)
  const small = mkdtempSync(join(work, 'small-'))
  const look = ['sh', '-c', '"$@"; code=$?; ls -A "$0"; exit $code', small]
  const argv = [process.execPath, CLI, '-C', image, ...verb, join(small, 'x')]
  const { code, stdout, stderr } = await command([...onTmpfs(small, 'size=1m'), ...look, ...argv])
  expect(stderr).toMatch(new RegExp(`^error The disk that holds ${small}(/x)? is full\\.$`, 'm'))
  expect(stderr).not.toMatch(/^ +at /m)
  expect([code, stdout]).toEqual([1, ''])
})

test('a registry that does not take a push is asked before anything is built', async () => {
  const denied = tiny(work, 'publish-denied', `denied ${work}`)
  const server = createServer((_, answer) => {
    answer.writeHead(401, { 'www-authenticate': 'Basic realm="x"' })
    answer.end('{"errors":[{"code":"UNAUTHORIZED","message":"who are you"}]}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const { code, stderr } = await antidote(['-C', denied, 'publish', '--to', `${address}/labs/x`])
  server.close()
  expect(code).toBe(1)
  expect(stderr).toContain(`The registry gives you no access to ${address}/labs/x:latest`)
  expect(stderr).toContain('who are you')
  expect(stderr).not.toContain('started')
})
