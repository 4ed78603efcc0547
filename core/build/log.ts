import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { AntidoteError } from '../base/errors/error.ts'
import { explained } from '../base/errors/explained.ts'
import type { Logger } from '../base/model/logger.ts'
import { loggable } from '../base/text/printable.ts'
import { maskError, maskText } from './attribute.ts'
import type { Report } from './events.ts'

/** Characters that wait for the end of a turn before they are written. */
const MOST_PENDING = 64 * 1024

/** A full disk must not hide the error that it causes elsewhere. */
const quietly = <T>(act: () => T): T | undefined => {
  try {
    return act()
  } catch {
    return undefined
  }
}

/** The whole log of one run, in a file of its own. */
export class BuildLog {
  readonly path: string
  #file: number | undefined
  #broken = false
  #pending = ''

  constructor(directory: string, image: string) {
    const time = new Date().toISOString().replace(/[:.]/g, '-')
    this.path = join(directory, 'logs', `${image}-${time}-${process.pid}.log`)
    this.#file = quietly(() => openSync(this.path, 'a', 0o600))
    this.#broken = this.#file === undefined
  }

  line(owner: string, text: string): void {
    if (this.#pending === '') setImmediate(() => this.#flush())
    this.#pending += `${new Date().toISOString()} ${loggable(owner)}: ${loggable(text)}\n`
    // a command that prints much does not wait, and a stream would keep what the disk has not taken yet
    if (this.#pending.length > MOST_PENDING) this.#flush()
  }

  #flush(): void {
    const bytes = Buffer.from(this.#pending)
    this.#pending = ''
    const file = this.#file
    if (file === undefined) return
    for (let done = 0; done < bytes.length; ) {
      const written = quietly(() => writeSync(file, bytes, done))
      if (written === undefined) {
        this.#broken = true
        return
      }
      done += written
    }
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
    this.#flush()
    if (!this.#broken && safe.details.exitCode !== 2) safe.log = this.path
    // one in the directory of a step is gone with that
    else if (safe.log && !existsSync(safe.log)) delete safe.log
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
    this.#flush()
    const file = this.#file
    this.#file = undefined
    if (file !== undefined) quietly(() => closeSync(file))
  }
}
