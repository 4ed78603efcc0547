import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Container } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { loadEndpoint } from './endpoint-image.ts'
import { freePort } from './free-port.ts'
import { podman } from './podman.ts'
import { ssh } from './ssh.ts'

const work = temporaryDirectory()
const NAME = 'antidote-e2e-health'
const VOLUME = 'antidote-e2e-health'
let ports: { http: number; ssh: number }
let container: Container

/** A container that keeps what is done to its guest. */
const run = async (env: Record<string, string> = {}): Promise<void> => {
  container = await Container.run(NAME, {
    args: [
      ...['-p', `127.0.0.1:${ports.http}:8099`, '-p', `127.0.0.1:${ports.ssh}:22`],
      ...['--volume', `${VOLUME}:/var/lib/antidote`],
      // podman takes no health check from an OCI image; the test asks for each
      ...['--health-cmd', 'antidote health', '--health-interval', 'disable'],
    ],
    env: { ANTIDOTE_PERSIST: '1', ...env },
  })
}

beforeAll(async () => {
  await loadEndpoint(work)
  await podman('volume', 'rm', '--force', VOLUME)
  ports = { http: await freePort(), ssh: await freePort() }
})
afterAll(async () => {
  await container?.remove()
  await podman('volume', 'rm', '--force', VOLUME)
})

/** What a probe over HTTP gets. */
const probe = async (path: string, method = 'GET') => {
  const response = await fetch(`http://127.0.0.1:${ports.http}${path}`, { method })
  return { status: response.status, text: await response.text() }
}

/** What the container's own command says. */
const health = async () => {
  const { code, stdout } = await container.antidote('health')
  return { code, stdout }
}

test('not ready while the guest boots, although its forwarded port takes connections', async () => {
  await run()
  await container.until(/^antidote machine: started/m)
  // it boots no further while it is looked at
  expect(await container.antidote('monitor', 'stop')).toMatchObject({ code: 0 })
  const socket = connect(ports.ssh, '127.0.0.1')
  await once(socket, 'connect')
  socket.destroy()
  expect(await probe('/readyz')).toEqual({ status: 503, text: 'booting\n' })
  expect(await probe('/livez')).toEqual({ status: 200, text: 'booting\n' })
  expect(await health()).toEqual({ code: 1, stdout: 'booting\n' })
  expect(await podman('healthcheck', 'run', NAME)).toMatchObject({ code: 1, stderr: '' })
  expect(container.log).not.toContain('machine: ready')
  expect(await container.antidote('monitor', 'cont')).toMatchObject({ code: 0 })
})

test('ready once its SSH answers', async () => {
  await container.ready()
  expect((await ssh(ports.ssh, 'id -un')).stdout).toBe('antidote\n')
  expect(await probe('/readyz')).toEqual({ status: 200, text: 'ready\n' })
  expect(await health()).toEqual({ code: 0, stdout: 'ready\n' })
  expect(await podman('healthcheck', 'run', NAME)).toMatchObject({ code: 0, stderr: '' })
})

test('the HTTP port shows the state alone, and nothing on it changes the machine', async () => {
  const { state, bootMs } = await container.status()
  expect(state).toBe('ready')
  expect(bootMs).toBeGreaterThan(1000)
  for (const path of ['/monitor', '/status']) expect((await probe(path)).status).toBe(404)
  expect((await probe('/readyz', 'POST')).status).toBe(405)
})

test('failed, with the reason, where sshd is broken; the container runs on', async () => {
  await container.guest('sudo sed -i "s/^UsePAM.*/UsePAM maybe/" /etc/ssh/sshd_config && sync')
  expect(await container.stop()).toBe(0)
  await run({ ANTIDOTE_DEADLINE: '20' })
  await container.until(/^\| .* login:/m)
  expect((await probe('/readyz')).text).toBe('booting\n')
  await container.until(/^antidote machine: .*within 20 s/m)
  const { status, text } = await probe('/readyz')
  expect(status).toBe(503)
  expect(text).toMatch(/^failed: .* did not answer over SSH within 20 s: .*nothing listens on port 22/)
  expect(await health()).toEqual({ code: 1, stdout: text })
  expect((await probe('/livez')).status).toBe(200)
  // nobody ends a machine that somebody may want to look into
  const console = container.console()
  console.stdin.write('\n')
  await console.until(/login:/, 30)
  console.stdin.end()
  await console.end
  expect(await container.inspect('{{.State.Running}}')).toBe('true')
})
