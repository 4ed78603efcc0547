import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import { plainLine } from '../../base/text/plain-line.ts'
import { partsOf, Question } from './question.ts'

const KEPT = 200

/** How much of an unfinished line is looked at for a prompt. */
const ENDING = 256

/** How far a guest has come, as its console shows; each includes those before it. */
export const STAGES = ['nothing', 'firmware', 'kernel', 'init', 'login'] as const
export type ConsoleStage = (typeof STAGES)[number]

const MARKS: readonly [ConsoleStage, RegExp][] = [
  ['firmware', /SeaBIOS|BdsDxe: |systemd-boot|EFI stub: |GRUB|Booting from|Loading Linux/],
  ['kernel', /Linux version \S+|^\[ *\d+\.\d+\] /],
  ['init', /Run \S+ as init process|systemd\[1\]:|Welcome to |INIT: version|init started:/],
  ['login', /(^|\s)login: *$/],
]

/** What a console line tells of a guest in trouble. */
export type Trouble = { kind: 'panic' | 'disk-full' | 'memory'; line: string }

const TROUBLES: readonly [Trouble['kind'], RegExp][] = [
  ['panic', /Kernel panic - not syncing|^panic: /],
  ['disk-full', /No space left on device/i],
  ['memory', /Out of memory: Killed process/],
]

/**
 * The serial console of a machine. Emits `data` with its bytes, `line` with each line as plain text, and
 * `trouble` where a line tells of a panic, a full disk or a lack of memory; `drain` once the guest takes more,
 * and `close` when QEMU has closed it.
 */
export class Console extends EventEmitter<{
  data: [Buffer]
  line: [string]
  trouble: [Trouble]
  drain: []
  close: []
}> {
  /** The file with all of it, where there is one. */
  readonly log: string | undefined
  readonly #socket: Socket
  readonly #decoder = new StringDecoder('utf8')
  readonly #lines: { text: string; times: number }[] = []
  /** The line that has not ended, and the last of it: what a prompt is looked for in. */
  #rest = ''
  #ending = ''
  #stage: ConsoleStage = 'nothing'
  readonly #troubles: Trouble[] = []
  readonly #question = new Question()

  constructor(socket: Socket, log?: string) {
    super()
    this.#socket = socket
    this.log = log
    socket.on('data', (chunk) => this.#read(chunk))
    // QEMU's end is seen by whoever waits for QEMU
    socket.on('error', () => socket.destroy())
    socket.on('drain', () => this.emit('drain'))
    socket.on('close', () => this.emit('close'))
    socket.resume()
  }

  get stage(): ConsoleStage {
    return this.#stage
  }

  /** What went wrong so far, the first first. */
  get troubles(): readonly Trouble[] {
    return this.#troubles
  }

  /** What the guest has asked on the console and waits for, as far as that can be seen: the end of an unfinished line. */
  get question(): string | undefined {
    return this.#question.text
  }

  /**
   * The last lines, at most 200, an unfinished one included, with the question on it where something else was written
   * over that.
   */
  tail(count = 15): string[] {
    const rest = plainLine(this.#rest)
    const { text: question } = this.#question
    const lines = this.#lines.map(({ text, times }) => (times > 1 ? `${text} (${times} times)` : text))
    const hidden =
      question !== undefined && question !== rest && !lines.some((line) => line.includes(question))
    return [...lines, ...(hidden ? [question] : []), ...(rest ? [rest] : [])].slice(-count)
  }

  /** Types on the console; false where the guest is to be waited for until `drain`. */
  write(data: string | Uint8Array): boolean {
    return this.#socket.write(data)
  }

  close(): void {
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    this.emit('data', chunk)
    const text = this.#decoder.write(chunk)
    // the unfinished line is not cut again for each chunk: a guest may send a megabyte of it byte by byte
    const lines = text.includes('\n') ? (this.#rest + text).split('\n') : undefined
    this.#rest = lines ? lines.pop()! : this.#rest + text
    this.#ending = (lines ? this.#rest : this.#ending + text).slice(-ENDING)
    for (const raw of lines ?? []) {
      const line = plainLine(raw)
      if (line === '') continue
      this.#keep(line)
      this.#judge(line)
      this.#question.ended(line)
      this.emit('line', line)
    }
    // a prompt is a line that does not end
    const ending = plainLine(this.#ending)
    this.#advance(ending)
    const several = text.includes('\r') && text.trim() !== ''
    this.#question.unfinished(several ? partsOf(this.#ending) : [ending])
    // nor may a guest that never ends a line fill our memory
    if (this.#rest.length > 65_536) this.#rest = this.#rest.slice(-1024)
  }

  /** A line that comes again and again would push out all others. */
  #keep(line: string): void {
    const last = this.#lines.at(-1)
    if (last?.text === line) last.times++
    else this.#lines.push({ text: line, times: 1 })
    if (this.#lines.length > KEPT) this.#lines.shift()
  }

  #advance(line: string): void {
    const mark = MARKS.findLast(([, pattern]) => pattern.test(line))
    if (!mark || STAGES.indexOf(mark[0]) <= STAGES.indexOf(this.#stage)) return
    this.#stage = mark[0]
    this.#question.forget()
  }

  #judge(line: string): void {
    this.#advance(line)
    const found = TROUBLES.find(([, pattern]) => pattern.test(line))
    if (!found || this.#troubles.some(({ kind }) => kind === found[0])) return
    const trouble: Trouble = { kind: found[0], line }
    this.#troubles.push(trouble)
    this.emit('trouble', trouble)
  }
}
