import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { errors } from '../../base/errors/catalogue.ts'
import { Output } from '../../base/process/output.ts'
import { commandBegins } from '../../base/process/watching.ts'
import { LineSplitter, lastLines } from '../../base/text/lines.ts'
import type { SshConnection } from '../ssh/ssh.ts'
import { commandLine } from './command-line.ts'
import { endCommand, newMark } from './end-command.ts'
import { type Placing, UNKNOWN_OWNER, writing } from './files.ts'
import type { ExecOptions, Guest, GuestResult, SessionExec, UploadOptions, WriteOptions } from './guest.ts'
import { tooMuchOutput } from './output.ts'
import { goingDown, type RestartWatch, survive } from './restart.ts'
import { upload } from './upload.ts'

interface Remote extends Omit<ExecOptions, 'input' | 'onLine' | 'endOnly' | 'mayRestart' | 'signal'> {
  input?: string | Uint8Array | Readable
  onData?: (chunk: Buffer, from: 'stdout' | 'stderr') => void
  signal?: AbortSignal | undefined
  /** What messages call the command. */
  title?: string
  /** It is not reported. */
  silent?: boolean
}

/** How a guest over SSH gets its connection. */
export interface MachineAccess {
  user: string
  /** The open connection, or a new one where it has ended. */
  connect(): Promise<SshConnection>
  /** Why a connection broke, where that is known better than by the error itself. */
  explain(error: unknown): Promise<unknown>
  /** Ends every command, when it aborts; asked for each anew. */
  signal?(): AbortSignal
  /** Begins to watch for a restart of the guest, where that can be seen. */
  restarts?(): RestartWatch
  /** Whether the guest has a shell and goes on after this, so that what is given up has to be ended in it. */
  stays?(): boolean
}

/** A guest over SSH: a running machine. Files are written and read as root, as in a tree. */
export class MachineGuest implements Guest {
  readonly #access: MachineAccess

  constructor(access: MachineAccess) {
    this.#access = access
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<GuestResult> {
    const { onLine, endOnly, mayRestart, ...rest } = options
    const lines = onLine && { stdout: new LineSplitter(onLine), stderr: new LineSplitter(onLine) }
    const run = () =>
      this.#kept(argv, rest, {
        ...(endOnly && { endOnly }),
        onData: (chunk, from) => lines?.[from].push(chunk),
      })
    const restarts = mayRestart ? this.#access.restarts?.() : undefined
    const done = restarts
      ? await survive(restarts, run, async () => (await this.#remote(goingDown, {})) === 0)
      : await run()
    lines?.stdout.end()
    lines?.stderr.end()
    if (!done) {
      // it answers again when this is over
      await this.#access.connect()
      return { code: 0, stdout: '', stderr: '', restarted: true }
    }
    const [code, stdout, stderr] = [done.code, done.stdout.toString(), done.stderr.toString()]
    if (code !== 0 && !options.allowFailure)
      throw errors.guestCommandFailed(argv.join(' '), code, lastLines(stdout, stderr))
    return { code, stdout, stderr }
  }

  /** Runs a command and hands over what it prints, as it comes. Gives its exit status. */
  stream(argv: readonly string[], take: NonNullable<Remote['onData']>): Promise<number> {
    return this.#remote(argv, { onData: take })
  }

  async write(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
    await this.#place(writing(path, options), content)
  }

  async read(path: string): Promise<Buffer> {
    const chunks: Buffer[] = []
    await this.#cat(path, (chunk) => chunks.push(chunk))
    return Buffer.concat(chunks)
  }

  upload(from: string, to: string, options: UploadOptions = {}): Promise<void> {
    return upload(from, to, options, (...one) => this.#place(...one))
  }

  async download(from: string, to: string): Promise<void> {
    const file = createWriteStream(to)
    try {
      await new Promise<void>((resolve, reject) => {
        file.once('error', reject).once('finish', resolve)
        this.#cat(from, (chunk) => file.write(chunk)).then(() => file.end(), reject)
      })
    } catch (error) {
      file.destroy()
      await rm(to, { force: true })
      // the system names no file for a write
      throw (error as NodeJS.ErrnoException).syscall === 'write'
        ? Object.assign(error as Error, { path: to })
        : error
    }
  }

  session<T>(work: (exec: SessionExec) => Promise<T>): Promise<T> {
    return work(async (argv, options = {}) => {
      const { code, stdout, stderr } = await this.#kept(argv, { ...options, silent: true })
      return { code, stdout: stdout.bytes(), stderr: stderr.bytes() }
    })
  }

  /** Runs a command and keeps its output, within bounds. */
  async #kept(
    argv: readonly string[],
    options: Omit<Remote, 'onData'>,
    { endOnly, onData }: Pick<ExecOptions, 'endOnly'> & Pick<Remote, 'onData'> = {},
  ): Promise<{ code: number; stdout: Output; stderr: Output }> {
    const output = { stdout: new Output(endOnly), stderr: new Output(endOnly) }
    const tooMuch = new AbortController()
    const code = await this.#remote(argv, {
      ...options,
      signal: anyOf(options.signal, tooMuch.signal),
      onData: (chunk, from) => {
        if (tooMuch.signal.aborted) return
        if (!output[from].push(chunk)) tooMuch.abort(tooMuchOutput(argv.join(' ')))
        onData?.(chunk, from)
      },
    })
    return { code, ...output }
  }

  async #cat(path: string, onChunk: (chunk: Buffer) => void): Promise<void> {
    const complaints: Buffer[] = []
    const code = await this.#remote(['cat', '--', path], {
      root: true,
      onData: (chunk, from) => (from === 'stdout' ? onChunk(chunk) : complaints.push(chunk)),
    })
    if (code !== 0)
      throw errors.guestCommandFailed(`read ${path}`, code, lastLines(Buffer.concat(complaints).toString()))
  }

  async #place(
    { argv, title, path, owner = '' }: Placing,
    input: string | Uint8Array | Readable,
  ): Promise<void> {
    const complaints: Buffer[] = []
    const code = await this.#remote(argv, {
      root: true,
      input,
      title,
      onData: (chunk) => complaints.push(chunk),
    })
    const lines = lastLines(Buffer.concat(complaints).toString())
    if (code === UNKNOWN_OWNER) throw errors.fileOwner(path, owner, lines)
    if (code !== 0) throw errors.guestCommandFailed(title, code, lines)
  }

  async #remote(
    argv: readonly string[],
    { root, env, input, onData, timeout, title, silent, signal: own }: Remote,
  ): Promise<number> {
    const { user, connect, explain, signal: all, stays } = this.#access
    const signal = anyOf(own, all?.())
    signal?.throwIfAborted()
    if (!silent) commandBegins(title ?? argv.join(' '))
    const connection = await connect()
    const tail = new Output(true)
    // to close a session ends no command in the guest
    const limit = timeout === undefined ? [] : ['timeout', '-s', 'KILL', String(Math.ceil(timeout / 1000))]
    const sudo = root === true && user !== 'root'
    const mark = signal && stays?.() ? newMark() : undefined
    const command = commandLine([...limit, ...argv], { ...env, ...mark }, sudo)
    const exit = connection.exec(command, {
      ...(input !== undefined && { input }),
      ...(timeout !== undefined && { timeout }),
      signal,
      onData: (chunk, from) => {
        if (timeout !== undefined) tail.push(chunk)
        onData?.(chunk, from)
      },
    })
    const { code } = await exit.catch(async (error: unknown) => {
      if (!signal?.aborted) throw await explain(error)
      if (mark) await endCommand(connection, mark, sudo)
      throw signal.reason
    })
    if (code !== undefined) return code
    throw errors.guestTimeout(title ?? argv.join(' '), (timeout ?? 0) / 1000, lastLines(tail.toString()))
  }
}

/** A signal that aborts with the first of those that there are. */
const anyOf = (...signals: (AbortSignal | undefined)[]): AbortSignal | undefined => {
  const given = signals.filter((signal) => signal !== undefined)
  return given.length > 1 ? AbortSignal.any(given) : given[0]
}
