import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import type { Board } from './board.ts'
import { answerProbe } from './probe.ts'

/** What a probe may take of us: strangers reach this port. Once it has asked, it is answered and done with. */
const LIMITS = {
  maxHeaderSize: 4096,
  headersTimeout: 5000,
  connectionsCheckingInterval: 1000,
}
const CONNECTIONS = 64

/**
 * Serves probes over HTTP, on all addresses if no host is named: /livez and /readyz, and nothing that changes
 * the machine. Throws HEALTH_PORT.
 */
export const serveHealth = async (parts: {
  port: number
  host?: string
  board: Board
}): Promise<{ close(): Promise<void>; port: number }> => {
  const { port, host, board } = parts
  const server = createServer(LIMITS, (request, response) => answerProbe(board, request, response))
  server.maxConnections = CONNECTIONS
  try {
    server.listen({ port, ...(host && { host }) })
    await once(server, 'listening')
  } catch (error) {
    throw errors.healthPort(port, messageOf(error))
  }
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
