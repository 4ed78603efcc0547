import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { onTestFinished, vi } from 'vitest'

/** A terminal that keeps what is written to it. */
export const terminal = () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let written = ''
  const writable = new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.toString()
      done()
    },
  })
  const stream = Object.assign(writable, {
    columns: 60,
    rows: 30,
    isTTY: true,
  }) as unknown as NodeJS.WriteStream
  const forget = () => {
    written = ''
  }
  const screens = () => stripVTControlCharacters(written)
  return { stream, screens, forget }
}
