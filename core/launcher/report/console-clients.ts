import type { Duplex } from 'node:stream'
import type { Console } from '../../machine/qemu/console.ts'

/** Bytes that wait for a slow reader before it is dropped. */
const BACKLOG = 256 * 1024

/** Milliseconds in which a dropped reader can still read why. */
const FAREWELL = 5000

/** Lines of the past that a new reader is shown. */
const REPLAY = 50

const sentence = (text: string): string => `\r\n[antidote] ${text}\r\n`

/** Everyone who sits at the serial console. Each gets all of it; none can hold it up. */
export class ConsoleClients {
  readonly #console: Console
  readonly #sockets = new Set<Duplex>()
  #inLine = false

  constructor(console: Console) {
    this.#console = console
    console.on('data', this.#spread)
  }

  /** Joins a reader, whose first bytes may have come already. */
  add(socket: Duplex, first: Buffer): void {
    const gone = () => this.#sockets.delete(socket)
    socket.on('error', () => socket.destroy()).once('close', gone)
    // QEMU takes typed bytes as the guest reads them
    socket.on('data', (chunk) => {
      if (this.#console.write(chunk)) return
      socket.pause()
      this.#console.once('drain', () => socket.resume())
    })
    // whoever has no more to say has read enough
    socket.once('end', () => {
      gone()
      socket.end()
    })
    // as plain text: a terminal would answer a question of the past by typing into the guest
    const past = this.#console.tail(REPLAY)
    if (past.length > 0) socket.write(`${past.join('\r\n')}${this.#inLine ? '' : '\r\n'}`)
    this.#sockets.add(socket)
    if (first.length > 0) this.#console.write(first)
  }

  /** Ends all of them with a sentence. */
  close(text: string): void {
    this.#console.off('data', this.#spread)
    for (const socket of this.#sockets) this.#end(socket, text)
  }

  #spread = (chunk: Buffer): void => {
    this.#inLine = chunk.at(-1) !== 0x0a
    for (const socket of this.#sockets) {
      socket.write(chunk)
      if (socket.writableLength > BACKLOG) this.#end(socket, 'This reader was too slow and was left behind.')
    }
  }

  #end(socket: Duplex, text: string): void {
    this.#sockets.delete(socket)
    socket.end(sentence(text))
    const timer = setTimeout(() => socket.destroy(), FAREWELL).unref()
    socket.once('close', () => clearTimeout(timer))
  }
}
