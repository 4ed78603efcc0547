import { lookup } from 'node:dns/promises'
import { chmod } from 'node:fs/promises'
import { createServer, isIPv4, isIPv6, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { socketDirectory } from '../../base/process/socket-directory.ts'

/**
 * The protocol of glibc's name service cache, version 2: nscd/nscd-client.h. A client that is not answered resolves by
 * itself, as its own system says.
 */
const VERSION = 2
const HOST_BY_NAME = 4
const HOST_BY_NAME_V6 = 5
const ADDRESSES = 14

/** struct request_header: three numbers, then so many bytes of a name with its NUL. */
const HEADER = 12
const LONGEST_NAME = 1024

/** Milliseconds; glibc itself waits for no longer. */
const IDLE = 10_000

/** <bits/socket.h> of Linux. */
const FAMILY = { 4: 2, 6: 10 } as const
const LENGTH = { 4: 4, 6: 16 } as const

/** The addresses of a name. */
export type Lookup = (name: string) => Promise<readonly { address: string; family: number }[]>

const numbers = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length)
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 4 * index)
  return bytes
}

const bytesOf = (address: string): Buffer => {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const plain = address
    .replace(/%.*/, '')
    .replace(/[\d.]+$/, (last) =>
      isIPv4(last) ? (bytesOf(last).toString('hex').match(/.{4}/g) ?? []).join(':') : last,
    )
  const [head = [], tail] = plain.split('::').map((half) => half.split(':').filter(Boolean))
  const groups = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

/** struct ai_response_header, the addresses, the family of each, the name. */
const addressesAnswer = (name: Buffer, found: Awaited<ReturnType<Lookup>>): Buffer => {
  const addresses = Buffer.concat(found.map(({ address }) => bytesOf(address)))
  const families = Buffer.from(found.map(({ address }) => FAMILY[isIPv6(address) ? 6 : 4]))
  return Buffer.concat([
    numbers(VERSION, 1, found.length, addresses.length, name.length, 0),
    addresses,
    families,
    name,
  ])
}

/** struct hst_response_header, the name, the addresses. */
const hostAnswer = (name: Buffer, found: Awaited<ReturnType<Lookup>>, family: 4 | 6): Buffer | undefined => {
  const addresses = found
    .map(({ address }) => bytesOf(address))
    .filter(({ length }) => length === LENGTH[family])
  if (addresses.length === 0) return undefined
  return Buffer.concat([
    numbers(VERSION, 1, name.length, 0, FAMILY[family], LENGTH[family], addresses.length, 0),
    name,
    ...addresses,
  ])
}

const answerTo = async (type: number, name: Buffer, resolve: Lookup): Promise<Buffer | undefined> => {
  if (![HOST_BY_NAME, HOST_BY_NAME_V6, ADDRESSES].includes(type)) return undefined
  const found = await resolve(name.subarray(0, -1).toString('latin1'))
  if (found.length === 0) return undefined
  if (type === ADDRESSES) return addressesAnswer(name, found)
  return hostAnswer(name, found, type === HOST_BY_NAME ? 4 : 6)
}

/** Answers one question, or ends the connection: then the client asks its own system. */
const serve = (socket: Socket, resolve: Lookup): void => {
  let asked = Buffer.alloc(0)
  socket
    .on('error', () => {})
    .on('data', (chunk: Buffer) => {
      asked = Buffer.concat([asked, chunk])
      if (asked.length < HEADER) return
      const [version, type, length] = [0, 4, 8].map((at) => asked.readInt32LE(at)) as [number, number, number]
      if (version !== VERSION || length < 2 || length > LONGEST_NAME) return void socket.destroy()
      if (asked.length < HEADER + length) return
      socket.pause()
      const name = asked.subarray(HEADER, HEADER + length)
      answerTo(type, name, resolve).then(
        (answer) => (answer ? socket.end(answer) : socket.destroy()),
        () => socket.destroy(),
      )
    })
}

/** Starts to answer at the path of a socket. It keeps no process from ending. */
export const serveNames = async (path: string, resolve: Lookup): Promise<Server> => {
  const server = createServer((socket) => {
    socket.unref().setTimeout(IDLE, () => socket.destroy())
    serve(socket, resolve)
  })
  server.maxConnections = 256
  await new Promise<void>((listening, reject) => server.once('error', reject).listen(path, listening))
  // whoever a step runs something as may ask; the directory keeps other users of the host out
  await chmod(path, 0o666)
  return server.unref()
}

/** A step reaches ports of the host's loopback at 127.0.0.1, whichever of its addresses a name of the host has. */
export const atLoopback = <A extends { address: string }>(found: A): A =>
  found.address.startsWith('127.') ? { ...found, address: '127.0.0.1' } : found

/** As the host resolves names: its own tables, services and resolver. */
const asHost: Lookup = async (name) =>
  name === 'localhost' || name === 'antidote' ? [] : (await lookup(name, { all: true })).map(atLoopback)

let started: Promise<string> | undefined

/**
 * The socket of the service that resolves names for the programs of steps. glibc asks it before /etc/hosts and
 * /etc/resolv.conf of the tree, so those can say what the image wants.
 */
export const nameService = (): Promise<string> => {
  started ??= socketDirectory().then(async ({ directory }) => {
    const path = join(directory, 'names')
    await serveNames(path, asHost)
    return path
  })
  return started
}
