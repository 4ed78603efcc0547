import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import type { Published } from './endpoint-image.ts'
import { podmanEnvironment as env, podman } from './podman.ts'

// A guest whose listener dies when it is given a name: the proof gives none, so such an image can be published.

const work = temporaryDirectory()
const IMAGE = 'antidotelabs/e2e-identity:latest'
const SETTINGS = `use: [debianEndpoint({ packages: ['lldpd', 'socat'] })],
  install: 'install.sh',
  machine: { memory: '256M', snapshot: true },`
const INSTALL = `#!/bin/sh
set -eu
sed -i 's|^        hostname:2).*|        hostname:2) exit 1 ;;|' /usr/lib/antidote/channel
grep -q 'hostname:2) exit' /usr/lib/antidote/channel
`

beforeAll(async () => {
  const directory = imageDirectory(work, 'identity', SETTINGS, { 'install.sh': INSTALL })
  const args = ['-C', directory, 'publish', '--no-test', '--tag', IMAGE, '--load']
  const { code, ...told } = await antidoteJson<Published>(args, { env })
  if (code !== 0) throw new Error(`antidote ${args.join(' ')} ended with ${code}: ${JSON.stringify(told)}`)
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

test('a guest that does not answer goes on as it was, and status says what is shared and why', async () => {
  const options = { env: { ANTIDOTE_HOSTNAME: 'other' }, image: IMAGE }
  const container = await (await Container.run('antidote-e2e-identity', options)).ready()
  const reason = 'the guest closed its channel without an answer'
  const { snapshot, machine } = await container.status()
  expect(snapshot).toMatchObject({ restored: true, identity: { reason } })
  expect(snapshot).toMatchObject({
    shared: expect.arrayContaining(['SSH host keys', 'machine-id', 'host name']),
  })
  expect(machine.hostname).toBe('identity')
  expect(container.log).toContain(`antidote machine: has no identity of its own: ${reason}`)
  const { stdout } = await container.antidote('status')
  expect(stdout).toContain(`has no identity of its own: ${reason}`)
  expect(stdout).toContain('shared with other containers: SSH host keys')
  expect(await container.guest('hostname')).toBe('identity')
})
