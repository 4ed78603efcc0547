import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { errors } from '../../base/errors/catalogue.ts'
import type { Forward } from '../../machine/qemu/instance.ts'

/** Connections to a port at one time, and peers of a UDP port: each holds a file open. */
const MOST = 512

/** Milliseconds after which a peer of a UDP port that says nothing is forgotten. */
const IDLE = 60_000

/** What is open on IPv6. */
interface Opened {
  close(): void
}

/** Where the forward itself is reached in the container. */
const LOOPBACK = '127.0.0.1'

const ANY = '::'

const openTcp = async ({ hostPort }: Forward): Promise<Opened> => {
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const guest = connect({ host: LOOPBACK, port: hostPort, allowHalfOpen: true })
    for (const [from, to] of [
      [client, guest],
      [guest, client],
    ] as const) {
      // who breaks off, breaks off on both sides
      from.on('error', () => to.destroy()).once('close', () => to.destroy())
      from.pipe(to)
    }
  })
  server.maxConnections = MOST
  server.listen({ host: ANY, port: hostPort, ipv6Only: true, exclusive: true })
  await once(server, 'listening')
  return { close: () => server.close() }
}

/** Each peer has a socket of its own, so that answers find back. */
const openUdp = async ({ hostPort }: Forward): Promise<Opened> => {
  const server = createSocket({ type: 'udp6', ipv6Only: true })
  const peers = new Map<string, { socket: UdpSocket; idle: NodeJS.Timeout }>()
  const peerOf = (address: string, port: number) => {
    const name = `[${address}]:${port}`
    const known = peers.get(name)
    if (known || peers.size >= MOST) return known
    const socket = createSocket('udp4')
    const forget = () => {
      peers.delete(name)
      socket.close()
    }
    const peer = { socket, idle: setTimeout(forget, IDLE).unref() }
    peers.set(name, peer)
    // a datagram may get lost
    socket.on('error', () => {})
    socket.on('message', (data) => {
      peer.idle.refresh()
      server.send(data, port, address)
    })
    return peer
  }
  server.on('message', (data, { address, port }) => {
    const peer = peerOf(address, port)
    peer?.idle.refresh()
    peer?.socket.send(data, hostPort, LOOPBACK)
  })
  server.bind({ address: ANY, port: hostPort, exclusive: true })
  await once(server, 'listening')
  server.on('error', () => {})
  return {
    close: () => {
      server.close()
      for (const { socket, idle } of peers.values()) {
        clearTimeout(idle)
        socket.close()
      }
    },
  }
}

/** A kernel without IPv6, or one that has it switched off. */
const ABSENT = ['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']

/**
 * Opens the ports of a container that are on all its addresses on those of IPv6 too: QEMU's forwards know IPv4 only.
 * Gives undefined where there is no IPv6. Throws PORT_TAKEN and PORT_UNUSABLE.
 */
export const openIpv6 = async (forwards: readonly Forward[]): Promise<Opened | undefined> => {
  const opened: Opened[] = []
  const close = () => {
    for (const one of opened) one.close()
  }
  for (const forward of forwards.filter(({ host }) => host === '0.0.0.0')) {
    try {
      opened.push(await (forward.protocol === 'tcp' ? openTcp : openUdp)(forward))
    } catch (error) {
      close()
      const code = String((error as NodeJS.ErrnoException).code)
      if (ABSENT.includes(code)) return undefined
      if (code === 'EADDRINUSE') throw errors.portTaken(ANY, forward.hostPort, undefined)
      throw errors.portUnusable(ANY, forward.hostPort, code)
    }
  }
  return { close }
}
