import { beforeAll, expect, test } from 'vitest'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { ECHO, loadEndpoint, USER } from './endpoint-image.ts'
import { freePort } from './free-port.ts'
import { Neighbour, PORT, tryLoopback } from './neighbour.ts'
import { removeContainer } from './podman.ts'
import { ssh } from './ssh.ts'

const NAME = 'antidote-e2e-outgoing'
const NETWORK = 'podman'

const work = temporaryDirectory()
let outside: string
beforeAll(async () => {
  await loadEndpoint(work)
  const neighbour = await Neighbour.run(`${NAME}-outside`, { network: NETWORK, address: '0.0.0.0' })
  outside = await neighbour.address(NETWORK)
})

/** A machine, and who listens on loopback beside it. */
const run = async (name: string, env: Record<string, string>, args: readonly string[] = []) => {
  // one that a killed run has left keeps the machine's container
  await removeContainer(`${name}-mate`)
  const container = await Container.run(name, { args: ['--network', NETWORK, ...args], env })
  // its network is there once it runs
  await container.until(/^antidote /m)
  const mate = await Neighbour.run(`${name}-mate`, { network: `container:${name}`, address: '127.0.0.1' })
  await container.ready()
  return { container, mate }
}

/** A datagram to loopback from a port that is forwarded, whose own server makes room for it. */
const FORWARDED = `sudo -n sh -c '
  sed -i /:${ECHO.udp}/d /etc/inittab
  kill -HUP 1
  pkill -f [R]ECVFROM
  until echo "from the guest, by a forwarded port" |
    socat -u - UDP4-DATAGRAM:10.0.0.2:${PORT},bind=10.0.0.15:${ECHO.udp}
  do sleep 1; done'`

test('a guest reaches the network and not loopback of its container, and its own ports are reached', async () => {
  const port = await freePort()
  const { container, mate } = await run(NAME, {}, ['-p', `127.0.0.1:${port}:22`])
  expect((await ssh(port, 'id -un')).stdout).toBe(`${USER}\n`)
  expect(await mate.ask(ECHO.udp, 'asked on loopback')).toBe('asked on loopback')
  expect(await tryLoopback(container, outside)).toBe('neighbour')
  await container.guest(FORWARDED)
  expect(await mate.heard()).toEqual([])
  expect(await container.stop()).toBe(0)
  await mate.remove()
})

// a connection to 127.0.0.1 is answered from there, which a guest's kernel does not take
test('with ANTIDOTE_OUTGOING=all it reaches loopback too, by each of these ways', async () => {
  const { container, mate } = await run(NAME, { ANTIDOTE_OUTGOING: 'all' })
  expect(await tryLoopback(container, outside)).toBe('neighbour')
  await container.guest(FORWARDED)
  expect(await mate.heard()).toEqual([
    'tcp from the guest to 10.0.0.2',
    'udp from the guest to 10.0.0.2',
    'udp from the guest to 127.0.0.1',
    'udp from the guest to everybody',
    'udp from the guest, by a forwarded port',
  ])
  await mate.remove()
  await container.remove()
})

test('with ANTIDOTE_OUTGOING=none it reaches nobody, and is reached', async () => {
  const port = await freePort()
  const { container, mate } = await run(NAME, { ANTIDOTE_OUTGOING: 'none' }, ['-p', `127.0.0.1:${port}:22`])
  expect((await ssh(port, 'id -un')).stdout).toBe(`${USER}\n`)
  expect(await mate.ask(ECHO.udp, 'asked on loopback')).toBe('asked on loopback')
  expect(await tryLoopback(container, outside)).not.toContain('neighbour')
  expect(await mate.heard()).toEqual([])
  await mate.remove()
  await container.remove()
})
