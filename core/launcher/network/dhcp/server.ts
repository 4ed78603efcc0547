import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { errors } from '../../../base/errors/catalogue.ts'
import { messageOf } from '../../../base/errors/error.ts'
import { transparentLacks } from '../../privileges/need.ts'
import type { Lease } from '../addresses/lease.ts'
import { answer } from './answer.ts'
import { parsePacket, writePacket } from './packet.ts'

const SERVER_PORT = 67
const CLIENT_PORT = 68

/** A DHCP server that listens and does not answer yet. */
export interface DhcpServer {
  /** Answers with this lease. Its server address must be on an interface by now. */
  serve(lease: Lease): Promise<void>
  close(): Promise<void>
}

const bind = async (address: string): Promise<Socket> => {
  const socket = createSocket('udp4')
  socket.bind(SERVER_PORT, address)
  try {
    await once(socket, 'listening')
  } catch (error) {
    socket.close()
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES') throw transparentLacks([{ need: 'CAP_NET_BIND_SERVICE' }])
    throw errors.networkManagement(`UDP port ${SERVER_PORT} of ${address} cannot be used: ${code}`)
  }
  return socket
}

/** Listens for broadcasts, so that a container which may not is told before anything is changed. */
export const openDhcp = async (say: (line: string) => void): Promise<DhcpServer> => {
  const sockets = [await bind('255.255.255.255')]
  const attend = (socket: Socket, lease: Lease, sender: Socket) => {
    socket.on('error', (error) => say(`DHCP: ${messageOf(error)}`))
    socket.on('message', (bytes) => {
      const request = parsePacket(bytes)
      const reply = request && answer(request, lease)
      if (!reply) return
      sender.send(writePacket(reply.packet), CLIENT_PORT, reply.to, (error) => {
        if (error) say(`DHCP: ${messageOf(error)}`)
      })
    })
  }
  return {
    serve: async (lease) => {
      // a broadcast leaves by the interface that has the sender's address
      const own = await bind(lease.server)
      sockets.push(own)
      own.setBroadcast(true)
      for (const socket of sockets) attend(socket, lease, own)
    },
    close: async () => {
      await Promise.all(
        sockets.splice(0).map((socket) => {
          const closed = once(socket, 'close')
          socket.close()
          return closed
        }),
      )
    },
  }
}
