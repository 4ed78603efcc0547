import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { AntidoteError } from '../errors/error.ts'
import { explained } from '../errors/explained.ts'
import { loggable } from '../printable.ts'
import { maskError, maskText } from './attribute.ts'
import type { Report } from './events.ts'
import type { Logger } from './logger.ts'

/** The whole log of one run, in a file of its own. */
export class BuildLog {
  readonly path: string
  readonly #stream: WriteStream
  #broken = false

  constructor(directory: string, image: string) {
    const time = new Date().toISOString().replace(/[:.]/g, '-')
    this.path = join(directory, 'logs', `${image}-${time}-${process.pid}.log`)
    this.#stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 })
    // a full disk must not hide the error that it causes elsewhere
    this.#stream.on('error', () => {
      this.#broken = true
    })
  }

  line(owner: string, text: string): void {
    this.#stream.write(`${new Date().toISOString()} ${loggable(owner)}: ${loggable(text)}\n`)
  }

  /**
   * The error that a run ends with, without what is masked; of the system's errors and of our own mistakes with the place
   * in the code. Gives it with its sentence, and with this log where the log could be written.
   */
  fail(error: unknown, masked: ReadonlySet<string> = new Set()): AntidoteError {
    const safe = explained(maskError(error, masked))
    this.line(safe.code, safe.message)
    const { cause } = safe
    if (cause instanceof Error && cause.stack) this.line(safe.code, maskText(cause.stack, masked))
    if (!this.#broken && safe.details.exitCode !== 2) safe.log = this.path
    return safe
  }

  /** A step's logger: everything goes to the file, masked; the last line and the messages go to the display. */
  logger(owner: string, report: Report, masked: ReadonlySet<string>): Logger {
    const tell = (type: 'info' | 'warn' | 'line') => (text: string) => {
      const safe = maskText(text, masked)
      this.line(owner, safe)
      report({ type, text: safe })
    }
    return { info: tell('info'), warn: tell('warn'), line: tell('line') }
  }

  async close(): Promise<void> {
    this.#stream.end()
    if (!this.#stream.destroyed) await once(this.#stream, 'close').catch(() => {})
  }
}
