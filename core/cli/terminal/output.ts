import { writeSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { printable, printableJson } from '../../base/text/printable.ts'

/** The status of a program that a closed pipe ended, as shells report it: 128 and SIGPIPE. */
export const CLOSED = 141

/** What closes where nobody reads the output any more; what runs then stops and cleans up. */
const reader = new AbortController()

/** Aborted when standard output or standard error was closed by its reader. */
export const readerGone: AbortSignal = reader.signal

let outputError: NodeJS.ErrnoException | undefined
let printedDocument = false

/** Why standard output could not be written, if it could not. */
export const standardOutputError = (): NodeJS.ErrnoException | undefined => outputError

/** Node.js takes a write to a file that a full disk cut short for a whole one. */
const writeWhole = (stream: Writable & { fd: number }): void => {
  // a terminal and a pipe are sockets to it
  if (stream instanceof Socket) return
  stream._write = (chunk: string | Uint8Array, encoding, done) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(stream.fd, bytes, at)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
}

/** Takes the errors of both streams, which would end this process with a stack. */
export const guardOutput = (): void => {
  for (const stream of [process.stdout, process.stderr]) {
    writeWhole(stream)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      // EIO: the terminal is gone
      if (error.code === 'EPIPE' || error.code === 'EIO') reader.abort()
      else if (stream === process.stdout) outputError ??= error
      // an error of standard error can be said nowhere
    })
  }
}

/** The colours and weights that `style` gives; nothing else passes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const STYLES = /(\x1b\[(?:1|2|22|31|32|33|39)m)/

/** Text as a terminal gets it: our own colours, and nothing of others that a terminal would obey. */
export const safe = (text: string): string =>
  text
    .split(STYLES)
    .map((part, index) => (index % 2 === 1 ? part : printable(part)))
    .join('')

/** Text as a stream gets it: colours are for terminals. */
const shown = (stream: NodeJS.WriteStream, text: string): string =>
  stream.isTTY ? safe(text) : printable(text)

/** Writes to standard error: progress, warnings, errors. */
export const say = (text: string): void => {
  if (!readerGone.aborted) process.stderr.write(shown(process.stderr, text))
}

/** Writes a result for people to standard output. */
export const tell = (text: string): void => {
  if (!readerGone.aborted) process.stdout.write(shown(process.stdout, text))
}

/** Writes the one document of a run to standard output: whatever comes after it is for people only. */
export const tellDocument = (data: unknown): void => {
  if (printedDocument || readerGone.aborted) return
  printedDocument = true
  process.stdout.write(`${printableJson(data, 2)}\n`)
}
