import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { untilEvent } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import { isAntidoteError, messageOf } from '../../base/errors/error.ts'
import type { Console } from '../../machine/qemu/console.ts'
import { type Board, stateLine } from './board.ts'
import { ConsoleClients } from './console-clients.ts'
import { answerProbe, reply } from './probe.ts'

/** What the control socket reaches once QEMU runs. */
export interface ControlledMachine {
  console: Console
  /** One command of QEMU's human monitor. */
  monitor(command: string): Promise<string>
}

/** The served control socket. */
export interface Control {
  /** From here on there are a console and a monitor. */
  attach(machine: ControlledMachine): void
  /** Ends the consoles, stops listening and removes the socket. */
  close(): Promise<void>
}

/** The most that a monitor command may be long. */
const LONGEST = 64 * 1024

/** The body as text; undefined if it is too long. */
const bodyOf = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    // read to its end all the same, else the answer is lost
    if (length <= LONGEST) chunks.push(chunk)
  }
  return length <= LONGEST ? Buffer.concat(chunks).toString() : undefined
}

/** A socket that a killed launcher left is removed; one where somebody answers is not ours to take. */
const makeRoom = async (path: string): Promise<void> => {
  const code = await untilEvent<string>((done) => {
    const socket = connect(path)
    socket.once('connect', () => done('')).once('error', (error: NodeJS.ErrnoException) => done(error.code))
    return () => socket.destroy()
  })
  if (code === '') throw errors.controlUnusable(path, 'another launcher answers on it')
  if (code === 'ECONNREFUSED') await rm(path, { force: true })
}

const answerMonitor = async (
  machine: ControlledMachine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const command = await bodyOf(request)
  if (command === undefined) return reply(response, 413, 'The command is too long.\n')
  try {
    reply(response, 200, await machine.monitor(command))
  } catch (error) {
    reply(response, 502, `${messageOf(error)}\n`)
  }
}

const refuseUpgrade = (socket: Duplex, text: string): void => {
  socket.on('error', () => socket.destroy())
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  )
}

const ACCEPT = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: console\r\n\r\n'

/**
 * Serves the control socket, as HTTP: what probes get, GET /status with all that is known, POST /monitor with a command, and /console, which is upgraded
 * to the bytes of the serial console. Only its owner may connect. Throws CONTROL_UNUSABLE.
 */
export const serveControl = async ({ path, board }: { path: string; board: Board }): Promise<Control> => {
  let attached: { machine: ControlledMachine; clients: ConsoleClients } | undefined
  const notStarted = () => `${errors.machineNotStarted(stateLine(board.document)).message}\n`
  const server = createServer((request, response) => {
    if (request.method === 'GET' && request.url === '/status')
      reply(response, 200, `${JSON.stringify(board.document)}\n`, 'application/json')
    else if (request.method !== 'POST' || request.url !== '/monitor') answerProbe(board, request, response)
    else if (!attached) reply(response, 503, notStarted())
    // a caller who left in the middle has nobody to be told
    else answerMonitor(attached.machine, request, response).catch(() => response.destroy())
  })
  server.on('upgrade', (request, socket, head) => {
    if (!attached || request.url !== '/console') return refuseUpgrade(socket, notStarted())
    socket.write(ACCEPT)
    attached.clients.add(socket, head)
  })
  try {
    await makeRoom(path)
    server.listen(path)
    await once(server, 'listening')
    await chmod(path, 0o600)
  } catch (error) {
    server.close()
    throw isAntidoteError(error) ? error : errors.controlUnusable(path, messageOf(error))
  }
  return {
    attach: (machine) => {
      attached = { machine, clients: new ConsoleClients(machine.console) }
    },
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      attached?.clients.close(`The console ends: ${stateLine(board.document)}`)
      server.closeAllConnections()
      await closed
    },
  }
}
