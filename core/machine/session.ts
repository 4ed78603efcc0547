import { constants } from 'node:os'
import { type Duplex, Readable } from 'node:stream'

/** What a remote command is given. */
export interface SshCommand {
  input?: string | Uint8Array | Readable
  onData?: (chunk: Buffer, from: 'stdout' | 'stderr') => void
  /** Milliseconds. */
  timeout?: number
}

/** How a session ended: with a status, or at its deadline, or with neither where the connection broke. */
export interface SessionEnd {
  code: number | undefined
  late: boolean
}

/** A channel of an SSH connection on which a command runs. */
export type Channel = Duplex & { stderr: Readable; close(): void }

/**
 * Feeds a command and reads it to its end. To be called before the next packet of the connection is read: it
 * may hold the exit status. Rejects with what went wrong with the input.
 */
export const runSession = (channel: Channel, { input, onData, timeout }: SshCommand): Promise<SessionEnd> =>
  new Promise((resolve, reject) => {
    let code: number | undefined
    const end = (settle: () => void) => {
      clearTimeout(timer)
      if (input instanceof Readable) input.destroy()
      // after the end of the command this does nothing; before it, the server may not answer
      channel.close()
      settle()
    }
    const timer = timeout
      ? setTimeout(() => end(() => resolve({ code: undefined, late: true })), timeout)
      : undefined
    channel.on('exit', (status: number | null, signal?: NodeJS.Signals) => {
      code = status ?? 128 + (signal ? (constants.signals[signal] ?? 0) : 0)
    })
    channel.once('close', () => end(() => resolve({ code, late: false })))
    channel.on('data', (chunk: Buffer) => onData?.(chunk, 'stdout'))
    channel.stderr.on('data', (chunk: Buffer) => onData?.(chunk, 'stderr'))
    if (input instanceof Readable) {
      input.once('error', (error) => end(() => reject(error)))
      input.pipe(channel)
    } else channel.end(input ?? '')
  })
