import { type ChildProcess, spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import ssh2, { type Server } from 'ssh2'
import { anyHostKey } from '../../core/machine/host-keys/host-keys.ts'
import { SshConnection } from '../../core/machine/ssh/ssh.ts'

/** A host key. Node.js makes it: of those that ssh2 makes, it cannot read one in some hundreds itself. */
export const hostKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey

/** Sends a signal to all that a command has started, while any of it is there. */
const kill = ({ pid }: ChildProcess, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid!, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** What a server's key is called: its type, and its public half as a known_hosts file has it. */
export const publicKey = (key: string): string => {
  const parsed = ssh2.utils.parseKey(key)
  if (parsed instanceof Error) throw parsed
  return `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`
}

/** An SSH server that lets one user in and runs commands with this host's sh, behind `prefix` if it is given. */
export class TestSsh {
  readonly port: number
  /** As a known_hosts file has it. */
  readonly key: string
  /** The passwords that reached it. */
  readonly passwords: string[] = []
  readonly #server: Server
  readonly #children = new Set<ChildProcess>()
  readonly #clients = new Set<{ end(): void }>()

  private constructor(server: Server, key: string) {
    this.#server = server
    this.key = publicKey(key)
    this.port = (server.address() as AddressInfo).port
  }

  /** On loopback, with a key and a port of its own, if nothing else is said. */
  static async start(
    user = 'root',
    password = 'secret',
    prefix: readonly string[] = [],
    { address = '127.0.0.1', port = 0, keys = [hostKey()] } = {},
  ): Promise<TestSsh> {
    const [program = '', ...args] = [...prefix, 'sh', '-c']
    let self: TestSsh
    const server = new ssh2.Server({ hostKeys: keys }, (client) => {
      self.#clients.add(client)
      client.on('error', () => client.end())
      client.on('authentication', (attempt) => {
        if (attempt.method === 'password') self.passwords.push(attempt.password)
        const good =
          attempt.method === 'password' && attempt.username === user && attempt.password === password
        if (good) attempt.accept()
        else attempt.reject(['password'])
      })
      client.on('session', (acceptSession) => {
        acceptSession().on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec()
          const child = spawn(program, [...args, command], { detached: true })
          self.#children.add(child)
          channel.pipe(child.stdin)
          child.stdin.on('error', () => channel.unpipe(child.stdin))
          // as sshd does it: no more is read than the client takes
          child.stdout.pipe(channel, { end: false })
          child.stderr.pipe(channel.stderr, { end: false })
          // as sshd does it: the status when the command ends, the end of the output when nobody holds it open
          child.on('exit', (code, signal) =>
            setImmediate(() => {
              if (signal) channel.exit(signal.replace('SIG', ''), false, '')
              else channel.exit(code ?? 255)
            }),
          )
          child.on('close', () => {
            self.#children.delete(child)
            setImmediate(() => channel.end())
          })
        })
      })
    })
    server.listen(port, address)
    await once(server, 'listening')
    self = new TestSsh(server, keys[0]!)
    return self
  }

  /** Breaks every connection. */
  drop(): void {
    for (const client of this.#clients) client.end()
    this.#clients.clear()
  }

  stop(): void {
    for (const child of this.#children) kill(child, 'SIGKILL')
    this.drop()
    this.#server.close()
  }

  /** A connection to it. */
  async connect(password = 'secret', user = 'root'): Promise<SshConnection> {
    const socket = connect(this.port, '127.0.0.1')
    await once(socket, 'connect')
    return new SshConnection(
      { host: '127.0.0.1', port: this.port, user, password, hostKeys: anyHostKey },
      socket,
      5000,
    )
  }
}
