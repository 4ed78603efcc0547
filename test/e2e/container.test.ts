import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { must } from './cli.ts'
import { Container, JOINS } from './container.ts'
import { temporaryDirectory } from './directory.ts'
import { ECHO, endpointDirectory, loadEndpoint, publishEndpoint, USER } from './endpoint-image.ts'
import { freePort } from './free-port.ts'
import { podmanEnvironment as env, podman } from './podman.ts'
import { type Registry, startRegistry } from './registry.ts'
import { ssh } from './ssh.ts'

const work = temporaryDirectory()
beforeAll(() => loadEndpoint(work))

/** Sends a datagram to a port of this host until it comes back. */
const echoed = async (port: number, text: string): Promise<string> => {
  const socket = createSocket('udp4')
  const again = setInterval(() => socket.send(text, port, '127.0.0.1'), 500)
  try {
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(30_000) })) as [Buffer]
    return answer.toString()
  } finally {
    clearInterval(again)
    socket.close()
  }
}

describe('pushed to a registry, pulled back by its digest, and run', () => {
  let registry: Registry
  let container: Container
  let image: string
  let ports: { ssh: number; udp: number }

  beforeAll(async () => {
    registry = await startRegistry(work)
    const to = `${registry.address}/labs/endpoint:v1`
    const { digest } = await publishEndpoint(endpointDirectory(work), '--to', to)
    image = `${registry.address}/labs/endpoint@${digest}`
    await must(['podman', 'pull', '--quiet', '--tls-verify=false', image], { env })
    ports = { ssh: await freePort(), udp: await freePort() }
    container = await Container.run('antidote-e2e-container', {
      image,
      args: ['-p', `127.0.0.1:${ports.ssh}:22`, '-p', `127.0.0.1:${ports.udp}:${ECHO.udp}/udp`],
      env: {
        ANTIDOTE_HOSTNAME: 'r1',
        ANTIDOTE_MEMORY: '300M',
        ANTIDOTE_CPUS: '2',
        ANTIDOTE_QEMU_ARGS: "-fw_cfg 'name=opt/lab,string=a b'",
      },
    })
    await container.ready()
  })
  afterAll(async () => {
    await container?.remove()
    await podman('rmi', image)
    await registry?.stop()
  })

  test('it is what was pushed', async () => {
    // the tag is the version that the image says of itself
    const { digest } = await publishEndpoint(endpointDirectory(work), '--tag', 'labs/endpoint:v1')
    expect(image).toContain(digest)
    const { stdout } = await podman('image', 'inspect', '--format', '{{.RepoDigests}}', image)
    expect(stdout).toContain(digest)
    expect(await container.inspect('{{.ImageName}}')).toBe(image)
  })

  test('SSH answers on the published port, and the guest is as the environment says', async () => {
    const script =
      'id -un; hostname; sudo -n hostname; nproc; grep -c . /sys/firmware/qemu_fw_cfg/by_name/opt/lab/raw'
    const { stdout, stderr } = await ssh(ports.ssh, script)
    expect(stdout.trim().split('\n').slice(0, 4)).toEqual([USER, 'r1', 'r1', '2'])
    // sudo complains where a machine does not know its own name
    expect(stderr).not.toContain('unable to resolve')
    const megabytes =
      Number((await ssh(ports.ssh, "awk '/MemTotal/ {print $2}' /proc/meminfo")).stdout) / 1024
    expect(megabytes).toBeGreaterThan(256)
    expect(megabytes).toBeLessThan(300)
  })

  test('UDP answers on a forwarded port', async () => {
    expect(await echoed(ports.udp, 'over UDP')).toBe('over UDP')
  })

  test('status shows everything that was overridden', async () => {
    const { image, state, machine, settings, management } = await container.status()
    expect({ image, state }).toEqual({ image: 'endpoint', state: 'ready' })
    expect(machine).toMatchObject({ cpus: 2, memory: 300, hostname: 'r1', disk: 'discard' })
    expect(machine.qemu?.args).toEqual(['-fw_cfg', 'name=opt/lab,string=a b'])
    expect(settings).toMatchObject({ ANTIDOTE_HOSTNAME: 'r1', ANTIDOTE_MEMORY: '300M', ANTIDOTE_CPUS: '2' })
    expect(management.ports.map(({ port, protocol }) => `${port}/${protocol}`)).toEqual(['22/tcp', '161/udp'])
    const { stdout } = await container.antidote('status')
    for (const text of Object.entries(settings).flat()) expect(stdout).toContain(text)
    const { pid } = await container.process('qemu-system')
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    expect(words).toEqual(expect.arrayContaining(['-fw_cfg', 'name=opt/lab,string=a b']))
  })

  test('monitor talks to QEMU, and a word it does not know is told', async () => {
    expect((await container.antidote('monitor', 'info status')).stdout).toContain('running')
    expect((await container.antidote('monitor', 'info', 'version')).stdout).toMatch(/^10\./)
    const { code, stderr } = await container.antidote('moniter')
    expect(code).not.toBe(0)
    expect(stderr).toContain('monitor')
  })

  test('console is the guest’s serial line, both ways', async () => {
    const console = container.console()
    console.stdin.write('\n')
    await console.until(/r1 login:/, 30)
    console.stdin.write(`${USER}\n`)
    await console.until(/Password:/, 30)
    console.stdin.end()
    expect(await console.end).toBe(0)
  })

  test('ssh gives its words to the guest’s shell as ssh does, and gives the exit status', async () => {
    const { code, stdout } = await container.antidote('ssh', 'a="b  c"; echo "$a"; exit', '7')
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'b  c\n' })
  })

  test('a second launcher starts nothing, and says what there is', async () => {
    const { code, stdout, stderr } = await container.antidote()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('The machine of this container runs already')
    expect(stderr).toContain('antidote status')
  })

  test('podman stop switches the guest off in order', async () => {
    expect(await container.stop()).toBe(0)
    expect(container.log).toMatch(/^\| .*reboot: Power down$/m)
    expect(container.log).toMatch(/^antidote machine: the guest is off$/m)
  })
})

describe('transparent: the guest has the address of the container', () => {
  // a bridge changes its own address with the containers that come to it and go, and who has the old one is not answered
  const NETWORK = 'antidote-e2e-transparent'
  let container: Container
  let address: string

  beforeAll(async () => {
    await podman('network', 'rm', '--force', NETWORK)
    await must(['podman', 'network', 'create', '--disable-dns', NETWORK], { env })
    const args = [...JOINS, '--network', NETWORK]
    container = await Container.run('antidote-e2e-transparent', {
      args,
      env: { ANTIDOTE_MANAGEMENT: 'transparent' },
    })
    await container.ready()
    address = await container.inspect(`{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`)
  })
  afterAll(async () => {
    await container?.remove()
    await podman('network', 'rm', '--force', NETWORK)
  })

  test('its SSH answers there, and so does a port that is not listed', async () => {
    const { stdout } = await ssh(22, 'ip -o -4 address show eth0; ip route', undefined, undefined, address)
    expect(stdout).toContain(`inet ${address}/`)
    expect(stdout).toMatch(/^default via /m)
    const socket = connect(ECHO.tcp, address)
    await once(socket, 'connect')
    socket.write('not in ports\n')
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(30_000) })) as [Buffer]
    socket.destroy()
    expect(answer.toString()).toBe('not in ports\n')
  })

  test('this host and the guest ping each other', async () => {
    await must(['busybox', 'ping', '-c', '3', '-W', '10', address])
    const gateway = await container.inspect(`{{(index .NetworkSettings.Networks "${NETWORK}").Gateway}}`)
    await container.ping(gateway)
  })

  test('status and health tell where the guest is', async () => {
    expect((await container.status()).management).toMatchObject({ mode: 'transparent', address })
    expect((await container.antidote('health')).code).toBe(0)
  })
})

describe('a network with IPv6 only', () => {
  const NETWORK = 'antidote-e2e-ipv6'
  let container: Container
  let address: string

  beforeAll(async () => {
    await podman('network', 'rm', '--force', NETWORK)
    const subnet = ['--ipv6', '--subnet', 'fd00:a27:1d07::/64']
    await must(['podman', 'network', 'create', '--disable-dns', ...subnet, NETWORK], { env })
    container = await Container.run('antidote-e2e-ipv6', { args: ['--network', NETWORK] })
    await container.ready()
    address = await container.inspect(`{{(index .NetworkSettings.Networks "${NETWORK}").GlobalIPv6Address}}`)
  })
  afterAll(async () => {
    await container?.remove()
    await podman('network', 'rm', '--force', NETWORK)
  })

  test('SSH and probes answer at its address, and status says where', async () => {
    const { stdout } = await ssh(22, 'id -un', undefined, undefined, address)
    expect(stdout).toBe(`${USER}\n`)
    expect((await fetch(`http://[${address}]:8099/readyz`)).status).toBe(200)
    const { ports } = (await container.status()).management
    expect(ports[0]).toEqual({ port: 22, protocol: 'tcp', at: '0.0.0.0:22', ipv6: '[::]:22' })
  })
})

describe('a wrong setting ends it with 2 and one sentence', () => {
  test.each([
    ['ANTIDOTE_MEMORY', 'lots', 'a size such as 512M or 2G'],
    ['ANTIDOTE_CPUS', '0', 'from 1 to 64'],
    ['ANTIDOTE_ACCELERATOR', 'fast', 'auto or kvm or tcg'],
    ['ANTIDOTE_HOSTNAME', 'a b', 'host name'],
    ['ANTIDOTE_QEMU_ARGS', "-name 'open", 'quote'],
    ['ANTIDOTE_INTERFACES', '33', 'from 0 to 32'],
    ['ANTIDOTE_MANAGEMENT', 'none', 'forward or transparent'],
  ])('%s=%s', async (name, value, expected) => {
    const container = await Container.run('antidote-e2e-wrong', { env: { [name]: value } })
    expect(await container.ended()).toBe(2)
    const said = container.log.split('\n').filter((line) => line.startsWith('antidote '))
    expect(said[0]).toContain(`${name} is "${value}", which is not `)
    expect(said[0]).toContain(expected)
  })

  test('what it says can neither move the cursor nor begin a line of its own', async () => {
    const value = 'lots\x1b[2J\x1b]0;title\x07\nantidote machine: ready'
    const container = await Container.run('antidote-e2e-wrong', { env: { ANTIDOTE_MEMORY: value } })
    expect(await container.ended()).toBe(2)
    expect(container.log).not.toContain('\x1b')
    expect(container.log).toContain('ANTIDOTE_MEMORY is "lots\n  antidote machine: ready", which is not')
    expect(container.log).not.toMatch(/^antidote machine/m)
  })

  test('a name that is nearly a setting is told', async () => {
    const container = await Container.run('antidote-e2e-wrong', { env: { ANTIDOTE_MEMROY: '1G' } })
    await container.until(/ANTIDOTE_MEMROY is not a setting; did you mean ANTIDOTE_MEMORY\?/)
    await container.remove()
  })
})
