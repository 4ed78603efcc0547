import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import ssh2, { type Connection, type Server, type ServerChannel } from 'ssh2'
import type { NetconfOptions } from '../../../core/machine/netconf/types.ts'
import { hostKey } from '../ssh-server.ts'

const NS = 'urn:ietf:params:xml:ns:netconf:base:1.0'
export const BASE10 = 'urn:ietf:params:netconf:base:1.0'
export const BASE11 = 'urn:ietf:params:netconf:base:1.1'
export const capability = (name: string) => `urn:ietf:params:netconf:capability:${name}`

/** A hello with its end-of-message mark. */
export const helloOf = (capabilities: readonly string[], id: number | string = 7): string =>
  `<hello xmlns="${NS}"><capabilities>${capabilities
    .map((uri) => `<capability>${uri}</capability>`)
    .join('')}</capabilities><session-id>${id}</session-id></hello>]]>]]>`

/** The server's end of one session: what has come, and what is answered, byte by byte. */
export class Peer {
  readonly channel: ServerChannel
  chunked = false
  #buffer = ''
  #arrived: (() => void) | undefined
  #ended = false

  constructor(channel: ServerChannel) {
    this.channel = channel
    channel.on('data', (data: Buffer) => {
      this.#buffer += data.toString()
      this.#arrived?.()
    })
    channel.on('close', () => {
      this.#ended = true
      this.#arrived?.()
    })
    channel.on('error', () => {})
  }

  /** The next message of the client; undefined once it has gone. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const match = this.chunked
        ? /^((?:\n#[1-9]\d*\n[\s\S]*?)+)\n##\n/.exec(this.#buffer)
        : /^([\s\S]*?)\]\]>\]\]>/.exec(this.#buffer)
      if (match) {
        this.#buffer = this.#buffer.slice(match[0].length)
        return match[1]!.replace(/^\n#\d+\n/, '').trim()
      }
      if (this.#ended) return undefined
      await new Promise<void>((resolve) => {
        this.#arrived = resolve
      })
    }
  }

  /** Says hello, reads the client's, and from then on frames as both can. */
  async greet(capabilities: readonly string[]): Promise<string> {
    this.raw(helloOf(capabilities))
    const hello = await this.next()
    this.chunked = capabilities.includes(BASE11)
    return hello ?? ''
  }

  raw(text: string | Buffer): void {
    this.channel.write(text)
  }

  send(xml: string): void {
    this.raw(this.chunked ? `\n#${Buffer.byteLength(xml)}\n${xml}\n##\n` : `${xml}]]>]]>`)
  }

  /** Answers a request. */
  reply(request: string, content: string): void {
    this.send(replyTo(request, content))
  }
}

export const replyTo = (request: string, content: string): string =>
  `<rpc-reply xmlns="${NS}" message-id="${idOf(request)}">${content}</rpc-reply>`

export const idOf = (request: string): string => /message-id="([^"]*)"/.exec(request)![1]!

/** The name of the operation that a request asks for. */
export const operationOf = (request: string): string => /<rpc [^>]*>\s*<([\w-]+)/.exec(request)![1]!

/** An SSH server on loopback whose NETCONF subsystem does as a test says. */
export class NetconfServer {
  readonly port: number
  /** The passwords that reached it. */
  readonly passwords: string[] = []
  readonly #server: Server
  readonly #clients = new Set<Connection>()
  #empty: (() => void) | undefined

  private constructor(server: Server) {
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  static async start(
    script?: (peer: Peer, connection: Connection) => unknown,
    port = 0,
    password = 'secret',
  ): Promise<NetconfServer> {
    let self: NetconfServer
    const server = new ssh2.Server({ hostKeys: [hostKey()] }, (client) => {
      self.#clients.add(client)
      client.on('error', () => client.end())
      client.on('close', () => {
        self.#clients.delete(client)
        if (self.#clients.size === 0) self.#empty?.()
      })
      client.on('authentication', (attempt) => {
        if (attempt.method === 'password') self.passwords.push(attempt.password)
        if (attempt.method === 'password' && attempt.password === password) attempt.accept()
        else attempt.reject(['password'])
      })
      client.on('session', (acceptSession) => {
        const session = acceptSession()
        if (script) session.on('subsystem', (accept) => script(new Peer(accept()), client))
      })
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    self = new NetconfServer(server)
    return self
  }

  /** What reaches it; short deadlines. */
  options(more: Partial<NetconfOptions> = {}): NetconfOptions {
    const login = { host: '127.0.0.1', port: this.port, username: 'root', password: 'secret' }
    return { ...login, deadline: 5000, ...more }
  }

  /** Settles when no client is connected: at once, or when the last one has gone. */
  async deserted(): Promise<void> {
    if (this.#clients.size === 0) return
    await new Promise<void>((resolve) => {
      this.#empty = resolve
    })
  }

  stop(): void {
    for (const client of this.#clients) client.end()
    this.#server.close()
  }
}

/** A device that answers each request by its operation's name: content of the reply, or ok. */
export const device =
  (capabilities: readonly string[], answers: Record<string, string | ((request: string) => string)> = {}) =>
  async (peer: Peer): Promise<void> => {
    await peer.greet(capabilities)
    for (let request = await peer.next(); request !== undefined; request = await peer.next()) {
      const answer = answers[operationOf(request)] ?? '<ok/>'
      peer.reply(request, typeof answer === 'string' ? answer : answer(request))
      if (operationOf(request) === 'close-session') peer.channel.end()
    }
  }
