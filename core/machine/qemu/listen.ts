import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** A Unix socket on which one peer is expected. */
export interface Listening {
  /** The peer, once it has connected. */
  peer: Promise<Socket>
  /** Stops listening; settles when a peer that had connected has gone. */
  close(): Promise<void>
}

/** Listens before the peer is started, so that nothing it says is lost and nobody has to try again. */
export const listen = async (path: string): Promise<Listening> => {
  const server = createServer({ pauseOnConnect: true })
  server.listen(path)
  await once(server, 'listening')
  let connected: Socket | undefined
  const peer = new Promise<Socket>((resolve) => {
    server.once('connection', (socket) => {
      server.close()
      connected = socket
      resolve(socket)
    })
  })
  return {
    peer,
    close: async () => {
      server.close()
      if (!connected || connected.closed) return
      // its end is seen only by reading
      connected.resume()
      await new Promise<void>((resolve) => connected!.once('close', () => resolve()))
    },
  }
}
