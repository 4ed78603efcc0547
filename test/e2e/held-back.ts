import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A port of loopback that leads to another one. What its clients send is held back and given on in one piece each
 * `milliseconds`, as a busy receiver finds it.
 */
export const heldBack = async (port: number, milliseconds: number) => {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1')
    let held: Buffer[] = []
    const timer = setInterval(() => {
      if (held.length > 0) target.write(Buffer.concat(held))
      held = []
    }, milliseconds)
    client.on('data', (data) => held.push(data))
    target.on('data', (data) => client.write(data))
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(one)
      one
        .on('error', () => {})
        .on('close', () => {
          clearInterval(timer)
          sockets.delete(one)
          other.destroy()
        })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
