import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import { start } from '../base/process/run.ts'
import { strangerOn } from './lock-holder.ts'

/** A lock that is held. */
export interface Lock {
  release(): Promise<void>
}

/** How a lock is asked for. */
export interface LockOptions {
  shared?: boolean
  /** Give up at once instead of waiting. */
  noWait?: boolean
  /** Called once if somebody else holds it. */
  onWait?: () => void
  signal?: AbortSignal | undefined
}

/** The exit status of flock(1) for a lock that somebody else holds. */
const TAKEN = 75

/** Asks once: gives undefined where somebody else holds the lock and `wait` is not set. */
const ask = async (
  file: string,
  { shared, signal }: LockOptions,
  wait: boolean,
): Promise<Lock | undefined> => {
  const flock = [
    'flock',
    shared ? '--shared' : '--exclusive',
    ...(wait ? [] : ['--nonblock', '--conflict-exit-code', String(TAKEN)]),
  ]
  // the first two words: a process that waits for a lock dies with the build that asked for it
  const holder = start(['setpriv', '--pdeathsig', 'KILL', ...flock, file, 'sh', '-c', 'echo; exec cat'], {
    title: `flock ${shared ? '--shared' : '--exclusive'} ${file}`,
  })
  // an abort ends the waiting; what is held is held until its owner has cleaned up
  const giveUp = () => {
    holder.stdin?.end()
    holder.kill('SIGKILL')
  }
  signal?.addEventListener('abort', giveUp, { once: true })
  const locked = await Promise.race([once(holder.stdout!, 'data').then(() => true), holder.then(() => false)])
  signal?.removeEventListener('abort', giveUp)
  if (locked) {
    return {
      release: async () => {
        holder.stdin?.end()
        await holder
      },
    }
  }
  signal?.throwIfAborted()
  const { exitCode, code, stderr } = await holder
  if (exitCode === TAKEN && !wait) return undefined
  if (code === 'ENOENT') throw errors.commandMissing('setpriv')
  const owner = await stat(file).then(
    ({ uid }) => uid,
    () => undefined,
  )
  const own = process.getuid?.() ?? 0
  if (owner !== undefined && owner !== own && own !== 0) throw errors.lockDenied(file, owner)
  throw errors.commandFailed(
    `flock ${file}`,
    `exit status ${exitCode}`,
    String(stderr).split('\n').filter(Boolean),
  )
}

/**
 * Takes a lock on a file, through flock(1): the kernel frees it when its holder dies, however it dies,
 * and it holds between containers that share the directory. Gives undefined where `noWait` found it taken.
 * Throws what the signal was aborted with, LOCK_FOREIGN where a process of another user holds it, LOCK_DENIED where the file
 * belongs to another user who lets nobody open it, or COMMAND_FAILED where it cannot be locked for another reason.
 */
export const lock = async (file: string, options: LockOptions = {}): Promise<Lock | undefined> => {
  options.signal?.throwIfAborted()
  mkdirSync(dirname(file), { recursive: true })
  const held = await ask(file, options, false)
  if (held) return held
  // such a process may hold it for ever
  const stranger = await strangerOn(file)
  if (stranger) throw errors.lockForeign(file, stranger.pid, stranger.uid)
  if (options.noWait) return undefined
  options.onWait?.()
  options.signal?.throwIfAborted()
  return ask(file, options, true)
}
