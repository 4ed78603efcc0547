import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { errors } from '../errors/catalogue.ts'
import type { SshConnection } from '../machine/ssh.ts'
import type { Tools } from '../machine/tools.ts'
import { LineSplitter, lastLines } from '../process/lines.ts'
import { commandLine } from './command-line.ts'
import { attributes, packArguments, UNKNOWN_OWNER, unpackScript, WRITE_SCRIPT } from './files.ts'
import type { ExecOptions, Guest, GuestResult, SessionExec, UploadOptions, WriteOptions } from './guest.ts'

interface Remote extends Omit<ExecOptions, 'input' | 'onLine'> {
  input?: string | Uint8Array | Readable
  onData?: (chunk: Buffer, from: 'stdout' | 'stderr') => void
  /** What messages call the command. */
  title?: string
}

/** How a guest over SSH gets its connection. */
export interface MachineAccess {
  user: string
  /** The open connection, or a new one where it has ended. */
  connect(): Promise<SshConnection>
  /** Why a connection broke, where that is known better than by the error itself. */
  explain(error: unknown): Promise<unknown>
  /** Where a directory is packed before it is sent. */
  tools: Pick<Tools, 'run'>
}

/** A guest over SSH: a running machine. Files are written and read as root, as in a tree. */
export class MachineGuest implements Guest {
  readonly #access: MachineAccess

  constructor(access: MachineAccess) {
    this.#access = access
  }

  async exec(argv: readonly string[], options: ExecOptions = {}): Promise<GuestResult> {
    const text = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
    const { onLine, ...rest } = options
    const lines = onLine && { stdout: new LineSplitter(onLine), stderr: new LineSplitter(onLine) }
    const code = await this.#remote(argv, {
      ...rest,
      onData: (chunk, from) => {
        text[from].push(chunk)
        lines?.[from].push(chunk)
      },
    })
    lines?.stdout.end()
    lines?.stderr.end()
    const [stdout, stderr] = [Buffer.concat(text.stdout).toString(), Buffer.concat(text.stderr).toString()]
    if (code !== 0 && !options.allowFailure)
      throw errors.guestCommandFailed(argv.join(' '), code, lastLines(stdout, stderr))
    return { code, stdout, stderr }
  }

  async write(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
    await this.#script(`write ${path}`, WRITE_SCRIPT, path, options, content)
  }

  async read(path: string): Promise<Buffer> {
    const chunks: Buffer[] = []
    await this.#cat(path, (chunk) => chunks.push(chunk))
    return Buffer.concat(chunks)
  }

  async upload(from: string, to: string, options: UploadOptions = {}): Promise<void> {
    const status = await stat(from)
    if (status.isDirectory()) {
      await this.#uploadDirectory(from, to, options)
      return
    }
    // as in a tree: of a file's mode, only whether it is a program is taken over
    const mode = options.mode ?? (status.mode & 0o100 ? 0o755 : 0o644)
    await this.#script(
      `upload ${to}`,
      WRITE_SCRIPT,
      to,
      { owner: '0:0', ...options, mode },
      createReadStream(from),
    )
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
      throw error
    }
  }

  session<T>(work: (exec: SessionExec) => Promise<T>): Promise<T> {
    return work(async (argv, { signal, ...options } = {}) => {
      signal?.throwIfAborted()
      const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
      const code = await this.#remote(argv, { ...options, onData: (chunk, from) => output[from].push(chunk) })
      return { code, stdout: Buffer.concat(output.stdout), stderr: Buffer.concat(output.stderr) }
    })
  }

  async #uploadDirectory(from: string, to: string, options: UploadOptions): Promise<void> {
    const work = await mkdtemp(join(tmpdir(), 'antidote-upload-'))
    try {
      const archive = join(work, 'archive.tar')
      await this.#access.tools.run(packArguments(from, archive), {
        readable: [from],
        writable: [work],
        title: `tar ${from}`,
      })
      await this.#script(`upload ${to}`, unpackScript(), to, options, createReadStream(archive))
    } finally {
      await rm(work, { recursive: true, force: true })
    }
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

  async #script(
    title: string,
    script: string,
    path: string,
    options: UploadOptions,
    input: string | Uint8Array | Readable,
  ): Promise<void> {
    const complaints: Buffer[] = []
    const argv = ['sh', '-c', script, 'sh', path, ...attributes(options)]
    const code = await this.#remote(argv, {
      root: true,
      input,
      title,
      onData: (chunk) => complaints.push(chunk),
    })
    const lines = lastLines(Buffer.concat(complaints).toString())
    if (code === UNKNOWN_OWNER) throw errors.fileOwner(path, options.owner ?? '', lines)
    if (code !== 0) throw errors.guestCommandFailed(title, code, lines)
  }

  async #remote(
    argv: readonly string[],
    { root, env, input, onData, timeout, title }: Remote,
  ): Promise<number> {
    const connection = await this.#access.connect()
    const tail: Buffer[] = []
    // to close a session ends no command in the guest
    const limit = timeout === undefined ? [] : ['timeout', '-s', 'KILL', String(Math.ceil(timeout / 1000))]
    const sudo = root === true && this.#access.user !== 'root'
    const command = commandLine([...limit, ...argv], env, sudo)
    const exit = connection.exec(command, {
      ...(input !== undefined && { input }),
      ...(timeout !== undefined && { timeout }),
      onData: (chunk, from) => {
        if (timeout !== undefined) tail.push(chunk)
        onData?.(chunk, from)
      },
    })
    const { code } = await exit.catch(async (error: unknown) => {
      throw await this.#access.explain(error)
    })
    if (code !== undefined) return code
    throw errors.guestTimeout(
      title ?? argv.join(' '),
      (timeout ?? 0) / 1000,
      lastLines(Buffer.concat(tail).toString()),
    )
  }
}
