import { afterAll, beforeAll, expect, test } from 'vitest'
import { antidoteJson, imageDirectory } from './cli.ts'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import type { Published } from './endpoint-image.ts'
import { podmanEnvironment as env, podman } from './podman.ts'
import { vendorDisk } from './vendor-disk.ts'

const IMAGE = 'antidotelabs/e2e-third-party:latest'
const LOGIN = { user: 'operator1', password: 'routerpassword' }

/** What tells of the firmware, the name and the cards of the guest. */
const LOOK = `test -d /sys/firmware/efi && echo efi; uname -n; findmnt -no FSTYPE /
cat /sys/class/net/en*/address`

const work = temporaryDirectory()
beforeAll(async () => {
  await vendorDisk('./third-party', { file: 'router.img', convert: ['-O', 'qcow2'] }, work)
})
afterAll(() => podman('rmi', '--force', '--ignore', IMAGE))

const look = async (node: Container): Promise<string[]> => {
  const { stdout } = await podman(
    ...['exec', '--env', `ANTIDOTE_PASSWORD=${LOGIN.password}`, node.name],
    ...['antidote', 'ssh', LOOK],
  )
  return stdout.trim().split('\n')
}

test('a disk of others for UEFI is seen as that, passes the standard tests, and is saved and proven', async () => {
  const settings = `use: [disk({
      path: '../router.img',
      login: { user: '${LOGIN.user}', password: secret('${LOGIN.password}') },
      machine: { lesson: false, cpu: 'Nehalem' },
    })],
    machine: { interfaces: 2, snapshot: true, deadline: 900 },`
  const directory = imageDirectory(work, 'e2e-third-party', settings)
  const args = ['-C', directory, 'publish', '--tag', IMAGE, '--load']
  const { code, ...published } = await antidoteJson<Published>(args, { env })
  expect(code, JSON.stringify(published)).toBe(0)
  expect(published.layers.map(({ role }) => role)).toEqual([
    'runtime',
    'firmware',
    'disk',
    'snapshot',
    'machine',
  ])
})

test('a container restores it, under its own name, with addresses of its own', async () => {
  const node = await (await Container.run('antidote-e2e-third-party', { image: IMAGE })).ready()
  expect((await node.status()).snapshot).toMatchObject({ restored: true })
  const [firmware, name, root, ...macs] = await look(node)
  expect([firmware, name, root]).toEqual(['efi', 'router', 'btrfs'])
  const { interfaces } = await node.status()
  expect(macs).toEqual(expect.arrayContaining(interfaces.map(({ mac }) => mac)))
})

test('a container that keeps changes boots it by UEFI, whose variables it keeps, too', async () => {
  const variables = { ANTIDOTE_PERSIST: '1' }
  const node = await Container.run('antidote-e2e-third-party-kept', { image: IMAGE, env: variables })
  await node.until(/^antidote machine: ready/m, 900)
  expect((await node.status()).snapshot).toMatchObject({ restored: false })
  expect((await look(node)).slice(0, 3)).toEqual(['efi', 'router', 'btrfs'])
  const size = `fs.statSync('/var/lib/antidote/variables.fd').size`
  expect((await podman('exec', node.name, 'node', '-p', size)).stdout.trim()).toBe('540672')
})
