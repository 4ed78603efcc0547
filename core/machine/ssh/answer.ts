import { setMaxListeners } from 'node:events'
import { connect, type Socket } from 'node:net'
import { pause, untilEvent } from '../../base/async/wait.ts'
import { isHostKeyError, SshConnection, type SshTarget } from './ssh.ts'

/**
 * Milliseconds. One attempt at a time may wait long for a banner: a guest that is there and slow would otherwise be
 * left again and again just before it speaks. The first has the guest for itself for a while, as a restored one is there.
 */
const PATIENCE = { one: 15_000, first: 1000 }

/** Milliseconds that attempts live where the guest has answered before: it is there, and each one more slows it. */
export const ANSWERED_BEFORE = 10_000

/** What the attempts to reach a guest's SSH have seen. */
export interface Reached {
  /** The guest's network refused a connection: it runs, and nothing listens. */
  refused: boolean
  /** An SSH server gave its banner. */
  banner: boolean
  /** The fingerprint of the host key that it has proved to be its own, for who asks for it. */
  hostKey?: string
  /** Why the last handshake failed. */
  problem?: string
}

/** A server that has sent a banner, with the banner put back to be read. */
const connected = async (
  target: SshTarget,
  lifetime: number,
  reached: Reached,
  signal: AbortSignal,
): Promise<Socket | undefined> => {
  const socket = connect({ host: target.host, port: target.port, noDelay: true })
  const banner = await untilEvent<Buffer>((done) => {
    const none = () => done(undefined)
    const timer = setTimeout(none, lifetime)
    signal.addEventListener('abort', none, { once: true })
    const onData = (data: Buffer) => done(data)
    const onEnd = () => {
      reached.refused = true
      none()
    }
    socket.once('data', onData).once('end', onEnd).once('error', onEnd)
    return () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', none)
      socket.pause().off('data', onData).off('end', onEnd).off('error', onEnd)
    }
  })
  if (!banner?.toString('latin1').startsWith('SSH-')) {
    // late errors of a socket that nobody needs
    socket.on('error', () => {}).destroy()
    return undefined
  }
  reached.banner = true
  socket.unshift(banner)
  return socket
}

/**
 * A connection to the guest's own sshd, as soon as it has shaken hands. QEMU accepts connections for a guest
 * that does not listen yet, so only a banner counts. Attempts overlap: one that was made before the guest's
 * network came up waits for a TCP retransmission, and a later one overtakes it. The longer it takes, the
 * longer an attempt lives, so that a slow guest is not pushed over, and one lives long from the start; `least`, in
 * milliseconds, is how long the others do: more where the guest listens already. Gives undefined when the signal aborts.
 * Throws HOST_KEY_UNKNOWN, HOST_KEY_CHANGED and HOST_KEY_REVOKED, before anything of the login is sent.
 */
export const waitForSsh = async (
  target: SshTarget,
  reached: Reached,
  signal: AbortSignal,
  least = 750,
): Promise<SshConnection | undefined> => {
  const won = new AbortController()
  const over = AbortSignal.any([signal, won.signal])
  // every attempt listens to it
  setMaxListeners(0, over)
  const began = Date.now()
  let answer: SshConnection | undefined
  let distrust: Error | undefined
  let handshake: Promise<void> | undefined
  const attempt = async (lifetime: number) => {
    const socket = await connected(target, lifetime, reached, over)
    if (!socket) return
    if (over.aborted || handshake) {
      socket.destroy()
      return
    }
    const connection = new SshConnection(target, socket, 20_000 + lifetime)
    const stop = () => connection.close()
    signal.addEventListener('abort', stop, { once: true })
    handshake = connection.handshake.then(
      () => {
        if (answer || signal.aborted) connection.close()
        else answer = connection
        won.abort()
      },
      (error: Error) => {
        reached.problem = error.message
        if (!isHostKeyError(error)) return
        distrust = error
        won.abort()
      },
    )
    await handshake
    handshake = undefined
    signal.removeEventListener('abort', stop)
  }
  const attempts: Promise<void>[] = []
  let patient = false
  while (!over.aborted) {
    // one handshake at a time: it is the costliest thing a small guest does
    if (handshake) {
      await handshake
      continue
    }
    const lifetime = Math.min(15_000, Math.max(least, (Date.now() - began) / 10))
    const waits = !patient
    const one = attempt(waits ? Math.max(PATIENCE.one, lifetime) : lifetime).finally(() => {
      if (waits) patient = false
    })
    patient = true
    const alone = attempts.push(one) === 1 ? Math.max(PATIENCE.first, lifetime / 3) : lifetime / 3
    // a refusal comes at once, and means that sshd may be there any moment
    const refusedSoon = one.then(() => pause(100, over))
    await Promise.race([pause(alone, over), refusedSoon])
  }
  await Promise.all(attempts)
  if (distrust && !answer) throw distrust
  return answer
}
