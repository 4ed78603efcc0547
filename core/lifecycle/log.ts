import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { isAntidoteError, messageOf } from '../errors/error.ts'
import { maskError } from './attribute.ts'
import type { Report } from './events.ts'
import type { Logger } from './logger.ts'

/** The whole log of one run, in a file of its own. */
export class BuildLog {
  readonly path: string
  readonly #stream: WriteStream

  constructor(directory: string, image: string) {
    const time = new Date().toISOString().replace(/[:.]/g, '-')
    this.path = join(directory, 'logs', `${image}-${time}-${process.pid}.log`)
    this.#stream = createWriteStream(this.path, { flags: 'a', mode: 0o600 })
    // a full disk must not hide the error that it causes elsewhere
    this.#stream.on('error', () => {})
  }

  line(owner: string, text: string): void {
    this.#stream.write(`${new Date().toISOString()} ${owner}: ${text}\n`)
  }

  /** The error that a run ends with, without what is masked. */
  fail(error: unknown, masked: ReadonlySet<string> = new Set()): void {
    const safe = maskError(error, masked)
    this.line(isAntidoteError(safe) ? safe.code : 'INTERNAL', messageOf(safe))
  }

  /** A step's logger: everything goes to the file, masked; the last line and the messages go to the display. */
  logger(owner: string, report: Report, masked: ReadonlySet<string>): Logger {
    const clean = (text: string) => {
      let result = text
      for (const value of masked) if (value !== '') result = result.replaceAll(value, '••••')
      return result
    }
    const tell = (type: 'info' | 'warn' | 'line') => (text: string) => {
      const safe = clean(text)
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
