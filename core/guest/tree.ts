import { basename, dirname } from 'node:path'
import { errors } from '../errors/catalogue.ts'
import { type Namespace, runIn, startInteractive } from '../toolbox/namespace.ts'
import { attributes, UNKNOWN_OWNER, unpackScript, uploadScript, WRITE_SCRIPT } from './files.ts'
import type { ExecOptions, Guest, GuestResult, SessionExec, UploadOptions, WriteOptions } from './guest.ts'
import { TreeSession } from './session.ts'

/** Where an overlay that is being written lives. */
export interface TreeMount {
  /** Directories of the layers, the topmost first. */
  lower: readonly string[]
  upper: string
  work: string
  env: Record<string, string>
  signal?: AbortSignal | undefined
  onLine?: (line: string) => void
}

/** A guest over a tree: each command runs in a namespace of its own with the tree as its root. */
export class TreeGuest implements Guest {
  readonly #mount: TreeMount

  constructor(mount: TreeMount) {
    this.#mount = mount
  }

  #namespace(extra: Namespace['operations'] = []): Namespace {
    const { lower, upper, work, env } = this.#mount
    return { operations: [{ tree: { lower, upper, work } }, ...extra], network: true, environment: env }
  }

  async #exec(
    argv: readonly string[],
    options: ExecOptions,
    extra: Namespace['operations'] = [],
  ): Promise<GuestResult> {
    const onLine = options.onLine ?? this.#mount.onLine
    const signals = [this.#mount.signal, options.signal].filter((signal) => signal !== undefined)
    const result = await runIn(this.#namespace(extra))(argv, {
      ...(signals.length > 0 && { signal: AbortSignal.any(signals) }),
      allowFailure: true,
      ...(options.input !== undefined && { input: options.input }),
      ...(options.env && { env: options.env }),
      ...(onLine && { onLine }),
      ...(options.timeout && { timeout: options.timeout }),
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
    await this.#finish(
      path,
      options,
      await this.#exec(['sh', '-c', WRITE_SCRIPT, 'write', path, ...attributes(options)], {
        input: content,
        allowFailure: true,
      }),
    )
  }

  async read(path: string): Promise<Buffer> {
    const { stdout } = await this.#exec(['base64', '--', path], { onLine: () => {} })
    return Buffer.from(stdout, 'base64')
  }

  async upload(from: string, to: string, options: UploadOptions = {}): Promise<void> {
    // seen under /run, which is not part of the tree
    const at = `/run/antidote/${basename(from) || 'root'}`
    const result = await this.#exec(
      ['sh', '-c', uploadScript(), 'upload', at, to, ...attributes(options), unpackScript()],
      { allowFailure: true },
      [{ bind: from, at, readOnly: true }],
    )
    await this.#finish(to, options, result)
  }

  async #finish(path: string, options: WriteOptions, result: GuestResult): Promise<void> {
    if (result.code === 0) return
    const lines = result.stderr.split('\n').filter(Boolean)
    if (options.owner && result.code === UNKNOWN_OWNER) throw errors.fileOwner(path, options.owner, lines)
    throw errors.guestCommandFailed(`write ${path}`, result.code, lines)
  }

  async download(from: string, to: string): Promise<void> {
    const at = '/run/antidote'
    await this.#exec(['cp', '--', from, `${at}/${basename(to)}`], {}, [{ bind: dirname(to), at }])
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
