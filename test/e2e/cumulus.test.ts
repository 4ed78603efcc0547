import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import type { Published } from './endpoint-image.ts'
import { podmanEnvironment as env, podman } from './podman.ts'
import { ssh } from './ssh.ts'
import { vendorDisk } from './vendor-disk.ts'

const IMAGE = 'antidotelabs/e2e-cumulus:latest'
const PASSWORD = 'Sesame-42-open'
const HOSTNAME = 'leaf7'

/** A lesson's own settings: the first switch port is up, by ifupdown2. */
const INSTALL = `#!/bin/sh
set -eu
printf 'auto swp1\\niface swp1\\n' >/etc/network/interfaces.d/swp1.intf
ifup swp1
`

const work = temporaryDirectory()
let disk: { path: string; sha256: string }
let node: Container

beforeAll(async () => {
  const raw = { file: 'cumulus-linux.raw', convert: ['-O', 'raw'] }
  disk = await vendorDisk('./cumulus/double', raw, work)
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

test('a raw disk becomes an image with no hand: first login, set up, checked, tested, saved and proven', async () => {
  const settings = `use: [cumulusEndpoint({
      disk: ${JSON.stringify(disk)}, release: '5.12', password: secret('${PASSWORD}'),
      memory: '512M', interfaces: 3, deadline: 900,
    })],
    install: 'install.sh',`
  const directory = imageDirectory(work, 'e2e-cumulus', settings, { 'install.sh': INSTALL })
  const args = ['-C', directory, 'publish', '--tag', IMAGE, '--load']
  const { code, ...published } = await antidoteJson<Published>(args, { env })
  expect(code, JSON.stringify(published)).toBe(0)
  expect(published.layers.map(({ role }) => role)).toContain('snapshot')
})

test('a container restores it, with a name and keys of its own, for who comes from outside by password', async () => {
  const args = ['--publish', '127.0.0.1::22']
  const variables = { ANTIDOTE_HOSTNAME: HOSTNAME }
  node = await (await Container.run('antidote-e2e-cumulus', { args, env: variables, image: IMAGE })).ready()
  const { snapshot } = await node.status()
  expect(snapshot).toMatchObject({ restored: true, shared: ['the state of the programs that ran'] })
  const port = (await podman('port', node.name, '22/tcp')).stdout.trim().split(':')[1]
  const { stdout } = await ssh(Number(port), 'id -un; uname -n; sudo -n id -un; nv show system', PASSWORD)
  expect(stdout.trim().split(/\s+/)).toEqual(['antidote', HOSTNAME, 'root', 'hostname', HOSTNAME])
})

test('it is a switch there: swp1 and on in order, eth0 in the VRF of management, no zero-touch provisioning', async () => {
  const script = `id -Gn; sudo ztp -s | grep State
    basename "$(readlink -f /sys/class/net/eth0/master)"; ip route show vrf mgmt 10.0.0.0/24
    cat /sys/class/net/eth0/address /sys/class/net/swp[123]/address; sudo vtysh -c 'show version'`
  const { stdout } = await podman(
    ...['exec', '--env', `ANTIDOTE_PASSWORD=${PASSWORD}`, node.name, 'antidote', 'ssh', script],
  )
  const [groups, state, vrf, route, management, ...rest] = stdout.trim().split('\n')
  expect(groups!.split(' ')).toEqual(expect.arrayContaining(['sudo', 'nvshow', 'nvset', 'nvapply']))
  expect(state).toMatch(/^State +disabled$/)
  expect(vrf).toBe('mgmt')
  expect(route).toContain('10.0.0.0/24 dev eth0')
  const { interfaces } = await node.status()
  expect(rest.slice(0, 3)).toEqual(interfaces.map(({ mac }) => mac))
  expect(interfaces.map(({ mac }) => mac)).not.toContain(management)
  expect(rest[3]).toContain('FRRouting')
})
