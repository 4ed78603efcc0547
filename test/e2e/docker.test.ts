import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { StatusDocument } from '../../core/launcher/report/board.ts'
import { must } from './cli.ts'
import { JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { type Dockerd, startDockerd } from './dockerd.ts'
import { documented } from './documented.ts'
import { endpointDirectory, PASSWORD, publishTo, USER } from './endpoint-image.ts'
import { type Followed, follow } from './followed.ts'
import { podmanEnvironment } from './podman.ts'
import { sshAt } from './ssh.ts'

const IMAGE = `antidote-e2e-docker-${process.env.ANTIDOTE_E2E_RUN}/endpoint:latest`

/** The networks, whose names sort otherwise than what they are for. */
const NETWORKS = { management: '172.18.0.0/16', left: '10.1.0.0/24', right: '10.2.0.0/24' }

/** Seconds until a guest answers on a machine that has other work. */
const BOOT = 400

const work = temporaryDirectory()
let daemon: Dockerd

/** Makes a container in the three networks and starts it; gives its log. */
const begin = async (name: string, ...args: string[]): Promise<Followed> => {
  await daemon.must('create', '--name', name, ...JOINS, '--network', 'management', ...args, IMAGE)
  for (const network of ['right', 'left']) await daemon.must('network', 'connect', network, name)
  return follow(['docker', 'start', '--attach', name], daemon.env)
}
const setting = (name: string, value: string): string[] => ['--env', `ANTIDOTE_${name}=${value}`]

beforeAll(async () => {
  daemon = await startDockerd()
  for (const [name, subnet] of Object.entries(NETWORKS))
    await daemon.must('network', 'create', '--subnet', subnet, name)
  const env = { ...podmanEnvironment, DOCKER_HOST: daemon.env.DOCKER_HOST }
  await publishTo(env, endpointDirectory(work), '--tag', IMAGE, '--load')
})
afterAll(async () => {
  const { stdout = '' } = (await daemon?.docker('ps', '--all', '--quiet')) ?? {}
  const all = stdout.split('\n').filter(Boolean)
  if (all.length > 0) await daemon.docker('rm', '--force', '--volumes', ...all)
  await daemon?.stop()
  // it was loaded into every engine that answers
  await must(['podman', 'rmi', '--force', '--ignore', IMAGE], { env: podmanEnvironment })
})

test('the image is there, with its health check', async () => {
  const format = '{{.Config.Healthcheck.Test}} {{index .Config.Labels "io.antidote.image"}}'
  expect((await daemon.must('image', 'inspect', '--format', format, IMAGE)).trim()).toBe(
    '[CMD /usr/bin/antidote health] endpoint',
  )
})

test('without a word on it, the network that sorts first is for management, and the log says so', async () => {
  const log = await begin('plain')
  await log.until(/^antidote interfaces: eth0 \(10\.1\.0\.2\/24\) is for management$/m, 60)
  await log.until(
    /^antidote interfaces: eth1 \(172\.18\.0\.2\/16\) is slot 1, eth2 \(10\.2\.0\.2\/24\) is slot 2$/m,
    60,
  )
  await daemon.must('rm', '--force', '--volumes', 'plain')
})

test('a network for management that the container is not in is an error', async () => {
  const log = await begin('wrong', ...setting('MANAGEMENT_INTERFACE', '192.0.2.0/24'))
  expect(await log.end).toBe(2)
  expect(log.output).toContain(
    'ANTIDOTE_MANAGEMENT_INTERFACE is "192.0.2.0/24", and no interface of the container is that.',
  )
  expect(log.output).toMatch(
    /The container has eth0 \(10\.1\.0\.2\/24\) with [0-9a-f:]{17}; eth1 \(172\.18\.0\.2/,
  )
})

test('the documented compose file gives management and data interfaces', async () => {
  const directory = join(work, 'compose')
  mkdirSync(directory)
  const text = documented('guide/run.md')['compose.yaml']!
  writeFileSync(join(directory, 'compose.yaml'), text.replace('antidotelabs/hello:latest', IMAGE))
  const compose = (...args: string[]) =>
    must(['docker-compose', ...args], { cwd: directory, env: daemon.env })
  await compose('up', '--detach')
  const name = (await compose('ps', '--quiet', 'r1')).trim()
  const log = follow(['docker', 'logs', '--follow', name], daemon.env)
  await log.until(/^antidote interfaces: eth\d \(172\.30\.0\.\d\/24\) is for management$/m, 60)
  await log.until(
    /^antidote interfaces: eth\d \(172\.30\.1\.\d\/24\) is slot 1, eth\d \(172\.30\.2\.\d\/24\) is slot 2$/m,
    60,
  )
  await log.until(/^antidote machine: started$/m, 60)
  // the machine is still booting, and not waited for
  await compose('kill')
  await compose('down', '--volumes')
})

describe.sequential('with its networks named', () => {
  let log: Followed
  const antidote = (...words: string[]) =>
    daemon.must('exec', '--env', `ANTIDOTE_PASSWORD=${PASSWORD}`, 'named', 'antidote', ...words)

  beforeAll(async () => {
    log = await begin(
      'named',
      ...setting('MANAGEMENT_INTERFACE', NETWORKS.management),
      ...setting('DATA_INTERFACES', `${NETWORKS.right},${NETWORKS.left}`),
    )
    await log.until(/^antidote machine: ready/m, BOOT)
  })

  test('log and status tell each interface with its former address', async () => {
    expect(log.output).toContain('antidote interfaces: eth1 (172.18.0.2/16) is for management\n')
    expect(log.output).toContain(
      'antidote interfaces: eth2 (10.2.0.2/24) is slot 1, eth0 (10.1.0.2/24) is slot 2\n',
    )
    const { management, interfaces } = JSON.parse(await antidote('status', '--json')) as StatusDocument
    expect(management).toMatchObject({ interface: 'eth1', addresses: ['172.18.0.2/16'] })
    expect(interfaces.map(({ interface: name, addresses }) => [name, addresses])).toEqual([
      ['eth2', ['10.2.0.2/24']],
      ['eth0', ['10.1.0.2/24']],
      [undefined, undefined],
      [undefined, undefined],
    ])
    expect(await antidote('status')).toMatch(
      /1 +eth2 .* up +10\.2\.0\.2\/24\n +2 +eth0 .* up +10\.1\.0\.2\/24\n/,
    )
  })

  test('SSH answers at the address of the network for management', async () => {
    const { stdout, stderr } = await sshAt(22, 'id -un', { host: '172.18.0.2', through: daemon.inside })
    expect({ stdout, stderr }).toEqual({ stdout: `${USER}\n`, stderr: '' })
  })

  test('the guest’s cards are in the networks of their slots', async () => {
    for (const [card, address, gateway] of [
      ['eth1', '10.2.0.9/24', '10.2.0.1'],
      ['eth2', '10.1.0.9/24', '10.1.0.1'],
    ])
      await antidote('ssh', `sudo ip address add ${address} dev ${card}; ping -c 1 -W 30 ${gateway}`)
  })

  test('its health check finds it ready', async () => {
    const health = () => daemon.must('inspect', '--format', '{{.State.Health.Status}}', 'named')
    await expect.poll(health, { timeout: 60_000 }).toBe('healthy\n')
  })

  test('docker stop switches the guest off in order, and the status is 0', async () => {
    await daemon.must('stop', '--time', '120', 'named')
    expect(await log.end).toBe(0)
    expect(log.output).toMatch(/^antidote machine: the guest is off$/m)
    expect(await daemon.must('inspect', '--format', '{{.State.ExitCode}}', 'named')).toBe('0\n')
  })
})
