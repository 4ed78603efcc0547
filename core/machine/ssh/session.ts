import { constants } from 'node:os'
import { type Duplex, Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

/** What a remote command is given. */
export interface SshCommand {
  input?: string | Uint8Array | Readable
  onData?: (chunk: Buffer, from: 'stdout' | 'stderr') => void
  /** Milliseconds. */
  timeout?: number
  /** Ends the session with the signal's reason; what runs in the guest is not ended by that. */
  signal?: AbortSignal | undefined
}

/** How a session ended: with a status, or at its deadline, or with neither where the connection broke. */
export interface SessionEnd {
  code: number | undefined
  late: boolean
}

/** A channel of an SSH connection on which a command runs. */
export type Channel = Duplex & { stderr: Readable; close(): void }

/** Bytes after the end of a command. More than any pipe holds, so a process that it left behind writes them. */
const LEFT_BEHIND = 4 << 20

/**
 * Feeds a command and reads it to its end, which is its own: a process that it leaves behind may hold its output open.
 * To be called before the next packet of the connection is read, which may hold the exit status. `roundTrip` settles
 * when the server has answered something. Rejects with what went wrong with the input, or with the signal's reason.
 */
export const runSession = (
  channel: Channel,
  { input, onData, timeout, signal }: SshCommand,
  roundTrip: () => Promise<void>,
): Promise<SessionEnd> =>
  new Promise((resolve, reject) => {
    let code: number | undefined
    let ended = false
    let bytes = 0
    const end = (settle: () => void) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      if (input instanceof Readable) input.destroy()
      // after the end of the command this does nothing; before it, the server may not answer
      channel.close()
      settle()
    }
    const onAbort = () => end(() => reject(signal!.reason))
    const timer = timeout
      ? setTimeout(() => end(() => resolve({ code: undefined, late: true })), timeout)
      : undefined
    // sshd tells the status when the command ends, reads what is left in its pipes, and closes only when nobody holds
    // them open; once two answers have come with nothing of the output between them, there is no more
    const drain = async () => {
      // mostly the end of the session has come with the status
      await setImmediate()
      const first = bytes
      for (let quiet = 0; quiet < 2 && !ended && bytes - first < LEFT_BEHIND; ) {
        const before = bytes
        await roundTrip()
        quiet = bytes === before ? quiet + 1 : 0
      }
      end(() => resolve({ code, late: false }))
    }
    const take = (from: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (ended) return
      bytes += chunk.length
      onData?.(chunk, from)
    }
    channel.on('exit', (status: number | null, name?: NodeJS.Signals) => {
      code = status ?? 128 + (name ? (constants.signals[name] ?? 0) : 0)
      void drain()
    })
    channel.once('close', () => end(() => resolve({ code, late: false })))
    channel.on('data', take('stdout'))
    channel.stderr.on('data', take('stderr'))
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    if (input instanceof Readable) {
      input.once('error', (error) => end(() => reject(error)))
      input.pipe(channel)
    } else channel.end(input ?? '')
  })
