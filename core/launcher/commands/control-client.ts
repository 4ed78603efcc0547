import { type IncomingMessage, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { untilEvent } from '../../base/async/wait.ts'
import { errors } from '../../base/errors/catalogue.ts'
import type { StatusDocument } from '../report/board.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Milliseconds that a launcher may take for what it knows already. */
const PATIENCE = 5000

/** Where the launcher of this container listens. */
export const controlSocket = (env: Environment): string =>
  join(env.ANTIDOTE_STATE || '/var/lib/antidote', 'control.sock')

const SAYS: Record<string, string> = {
  ENOENT: 'it is not there',
  ECONNREFUSED: 'nobody listens',
  EACCES: 'this user may not connect to it',
}

/** Whether a launcher listens, though it may not be ours to ask. */
export const isServed = async (socketPath: string): Promise<boolean> => {
  const code = await untilEvent<string>((done) => {
    const socket = connect(socketPath)
    socket.once('connect', () => done('')).once('error', (error: NodeJS.ErrnoException) => done(error.code))
    return () => socket.destroy()
  })
  return code === '' || code === 'EACCES'
}

/** Asks the launcher for something. Throws CONTROL_SILENT. */
const ask = (socketPath: string, path: string, body?: string): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, path, method: body === undefined ? 'GET' : 'POST', agent: false })
    asked.on('response', (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', (error) => reject(errors.controlSilent(socketPath, error.message)))
    })
    asked.on('error', ({ code = '', message }: NodeJS.ErrnoException) =>
      reject(errors.controlSilent(socketPath, SAYS[code] ?? message)),
    )
    // the monitor takes as long as QEMU does
    if (body === undefined) {
      asked.setTimeout(PATIENCE, () => asked.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)))
    }
    asked.end(body)
  })

/** The state in one line, and whether it is ready. Throws CONTROL_SILENT. */
export const askReady = async (socketPath: string): Promise<{ ready: boolean; line: string }> => {
  const { status, text } = await ask(socketPath, '/readyz')
  return { ready: status === 200, line: text.trimEnd() }
}

/** All that is known. Throws CONTROL_SILENT. */
export const askStatus = async (socketPath: string): Promise<StatusDocument> =>
  JSON.parse((await ask(socketPath, '/status')).text) as StatusDocument

/** What QEMU's human monitor answers to a command. Throws CONTROL_SILENT and CONTROL_REFUSED. */
export const askMonitor = async (socketPath: string, command: string): Promise<string> => {
  const { status, text } = await ask(socketPath, '/monitor', command)
  if (status !== 200) throw errors.controlRefused(text.trim())
  return text.replaceAll('\r\n', '\n')
}

/** The serial console, as bytes both ways. Throws CONTROL_SILENT and CONTROL_REFUSED. */
export const openConsole = (socketPath: string): Promise<{ socket: Socket; first: Buffer }> =>
  new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'console' }
    const asked = request({ socketPath, path: '/console', headers, agent: false })
    asked.on('upgrade', (_response, socket, first) => resolve({ socket, first }))
    asked.on('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (part) => {
        text += part
      })
      response.on('end', () => reject(errors.controlRefused(text.trim())))
    })
    asked.on('error', ({ code = '', message }: NodeJS.ErrnoException) =>
      reject(errors.controlSilent(socketPath, SAYS[code] ?? message)),
    )
    asked.end()
  })
