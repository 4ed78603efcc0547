import { rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { errors } from '../../base/errors/catalogue.ts'
import { lastLines } from '../../base/text/lines.ts'
import { type Namespace, runIn, type StepNetwork, startInteractive } from '../../store/namespace/namespace.ts'
import { type Placing, UNKNOWN_OWNER, writing } from './files.ts'
import type { ExecOptions, Guest, GuestResult, SessionExec, UploadOptions, WriteOptions } from './guest.ts'
import { TreeSession } from './session.ts'
import { upload } from './upload.ts'

/** Where an overlay that is being written lives. */
export interface TreeMount {
  /** Directories of the layers, the topmost first. */
  lower: readonly string[]
  upper: string
  work: string
  env: Record<string, string>
  /** Directories of the host that are seen at their own paths. */
  directories?: readonly string[]
  /** Without it its programs have none. */
  network?: StepNetwork
  signal?: AbortSignal | undefined
  onLine?: (line: string) => void
}

/** A guest over a tree: each command runs in a namespace of its own with the tree as its root. */
export class TreeGuest implements Guest {
  readonly #mount: TreeMount

  constructor(mount: TreeMount) {
    this.#mount = mount
  }

  #namespace(): Namespace {
    const { lower, upper, work, env, directories = [], network } = this.#mount
    const operations = [
      { tree: { lower, upper, work } },
      ...directories.map((bind) => ({ bind, readOnly: true })),
    ]
    return { operations, ...(network && { network }), environment: env }
  }

  async #exec(
    argv: readonly string[],
    options: Omit<ExecOptions, 'input'> & {
      input?: string | Uint8Array | Readable
      /** Where on the host its standard output goes. */
      stdoutFile?: string
    },
  ): Promise<GuestResult> {
    const onLine = options.onLine ?? this.#mount.onLine
    const signals = [this.#mount.signal, options.signal].filter((signal) => signal !== undefined)
    const result = await runIn(this.#namespace())(argv, {
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      allowFailure: true,
      ...(options.input !== undefined && { input: options.input }),
      ...(options.stdoutFile !== undefined && { stdoutFile: options.stdoutFile }),
      ...(options.env && { env: options.env }),
      ...(onLine && { onLine }),
      ...(options.timeout && { timeout: options.timeout }),
      ...(options.endOnly && { endOnly: true }),
    })
    if (result.code !== 0 && !options.allowFailure) {
      const lines = `${result.stdout}\n${result.stderr}`.split('\n').filter((line) => line.trim() !== '')
      throw errors.guestCommandFailed(argv.join(' '), result.code, lines.slice(-15))
    }
    return result
  }

  exec(argv: readonly string[], options: ExecOptions = {}): Promise<GuestResult> {
    return this.#exec(argv, options)
  }

  async write(path: string, content: string | Uint8Array, options: WriteOptions = {}): Promise<void> {
    await this.#place(writing(path, options), content)
  }

  async read(path: string): Promise<Buffer> {
    const { stdout } = await this.#exec(['base64', '--', path], { onLine: () => {} })
    return Buffer.from(stdout, 'base64')
  }

  upload(from: string, to: string, options: UploadOptions = {}): Promise<void> {
    return upload(from, to, options, (...one) => this.#place(...one))
  }

  async #place(
    { argv, title, path, owner = '' }: Placing,
    input: string | Uint8Array | Readable,
  ): Promise<void> {
    const { code, stderr } = await this.#exec(argv, { input, allowFailure: true })
    if (code === 0) return
    const lines = stderr.split('\n').filter(Boolean)
    if (code === UNKNOWN_OWNER) throw errors.fileOwner(path, owner, lines)
    throw errors.guestCommandFailed(title, code, lines)
  }

  async download(from: string, to: string): Promise<void> {
    // no program of the tree sees anything of the host
    const reading = this.#exec(['cat', '--', from], { stdoutFile: to, allowFailure: true })
    const result = await reading.catch(async (error: unknown) => {
      await rm(to, { force: true })
      throw error
    })
    if (result.code === 0) return
    await rm(to, { force: true })
    throw errors.guestCommandFailed(`read ${from}`, result.code, lastLines('', result.stderr))
  }

  async session<T>(work: (exec: SessionExec) => Promise<T>): Promise<T> {
    const session = new TreeSession({ ...this.#namespace(), serve: true }, this.#mount.signal)
    try {
      return await work(session.exec)
    } finally {
      await session.end()
    }
  }

  /** Runs a command on the terminal of the person, for `antidote shell`. Gives its exit status. */
  async interactive(argv: readonly string[]): Promise<number> {
    const result = await startInteractive(this.#namespace(), argv)
    return result.exitCode ?? 1
  }
}
