import { afterAll } from 'vitest'
import { must } from './cli.ts'
import type { Container } from './container.ts'
import { ENDPOINT } from './endpoint-image.ts'
import { type Followed, follow } from './followed.ts'
import { podmanEnvironment as env, removeContainer } from './podman.ts'

/** Where a neighbour listens, over TCP and over UDP. */
export const PORT = 8001

/** Says what comes, by TCP and by UDP, and answers over TCP. */
const LISTEN = `
const [host, port] = process.argv.slice(1)
const say = (by) => (data) => console.log(by + ' ' + data.toString().trim())
require('node:net').createServer((socket) => {
  socket.on('data', say('tcp')).on('error', () => {}).end('neighbour\\n')
}).listen(port, host, () => {
  require('node:dgram').createSocket('udp4').on('message', say('udp')).bind(port, host, () => console.log('listens'))
})
process.once('SIGTERM', () => process.exit())
`

const SEND = `
const [port] = process.argv.slice(1)
const socket = require('node:dgram').createSocket('udp4')
socket.send('the end', port, '127.0.0.1', () => socket.close())
`

const ASK = `
const [port, text] = process.argv.slice(1)
const socket = require('node:dgram').createSocket('udp4')
const again = setInterval(() => socket.send(text, port, '127.0.0.1'), 500)
setTimeout(() => process.exit(1), 30_000)
socket.on('message', (data) => { console.log(data.toString()); process.exit() })
`

const node = (script: string, ...words: string[]) => ['/usr/bin/node', '-e', script, ...words]

const names = new Set<string>()
afterAll(() => Promise.all([...names].map((name) => removeContainer(name))))

/** A container that listens, and no machine: in a network of its own choice, at an address of it. */
export class Neighbour {
  readonly #name: string
  readonly #running: Followed

  private constructor(name: string, running: Followed) {
    this.#name = name
    this.#running = running
  }

  /** Of an image of ours, whose Node.js listens. */
  static async run(
    name: string,
    { network, address, image = ENDPOINT }: { network: string; address: string; image?: string },
  ): Promise<Neighbour> {
    await removeContainer(name)
    names.add(name)
    const [program, ...words] = node(LISTEN, address, String(PORT))
    const options = ['--rm', '--name', name, '--network', network, '--entrypoint', program!]
    const running = follow(['podman', 'run', ...options, image, ...words], env)
    await running.until(/^listens$/m, 60)
    return new Neighbour(name, running)
  }

  /** Its address in a network of podman's. */
  async address(network: string): Promise<string> {
    const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`
    return (await must(['podman', 'inspect', '--format', format, this.#name], { env })).trim()
  }

  /** What a UDP port of its loopback answers. */
  async ask(port: number, text: string): Promise<string> {
    return (await this.#exec(ASK, String(port), text)).trim()
  }

  /** To be done before a container whose network it is in can go. */
  remove(): Promise<void> {
    return removeContainer(this.#name)
  }

  #exec(script: string, ...words: string[]): Promise<string> {
    return must(['podman', 'exec', this.#name, ...node(script, ...words)], { env })
  }

  /** All that has come to its loopback until now, each once. */
  async heard(): Promise<string[]> {
    await this.#exec(SEND, String(PORT))
    await this.#running.until(/^udp the end$/m, 60)
    const lines = this.#running.output.split('\n').filter((line) => line.includes('from the guest'))
    return [...new Set(lines)].sort()
  }
}

/**
 * Has a guest try loopback of what its machine runs in, by every way that QEMU may have there: the gateway's address,
 * everybody's, and those of loopback themselves, which a guest can have sent to the gateway. Then asks `outside` over
 * TCP, and gives what that answers.
 */
export const tryLoopback = (container: Container, outside: string): Promise<string> =>
  container.guest(`sudo -n sh -c '
    echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet
    ip route flush table local 127.0.0.0/8
    ip route flush table local 127.0.0.1
    for address in 127.0.0.0/8 255.255.255.255/32; do ip route replace $address via 10.0.0.2 src 10.0.0.15; done
    ip -4 neighbour replace 10.0.0.2 lladdr 52:55:0a:00:00:02 dev eth0
    for to in 10.0.0.2 127.0.0.1; do
      echo "from the guest to $to" | socat -u - TCP4:$to:${PORT},connect-timeout=3,bind=10.0.0.15
      echo "from the guest to $to" | socat -u - UDP4-DATAGRAM:$to:${PORT},bind=10.0.0.15
    done
    echo "from the guest to everybody" | socat -u - UDP4-DATAGRAM:255.255.255.255:${PORT},broadcast,bind=10.0.0.15
    echo "from the guest" | socat -t 20 - TCP4:${outside}:${PORT},connect-timeout=20
  ' 2>&1 | tail -n 1`)
