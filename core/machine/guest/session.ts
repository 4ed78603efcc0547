import { errors } from '../../base/errors/catalogue.ts'
import { quoteAll } from '../../base/text/quote.ts'
import { type Namespace, startIn } from '../../store/namespace/namespace.ts'
import type { SessionExec, SessionResult } from './guest.ts'

/** The answer to a command: its status and the sizes of its outputs, which follow. */
const ANSWER = /^(\d+)\n(\d+)\n(\d+)\n/

/** Reads answers from the bytes that come. */
class Answers {
  #chunks: Buffer[] = []
  #wanted: { code: number; sizes: [number, number] } | undefined

  /** Takes what has come, and gives the answer that is whole with it. */
  push(chunk: Buffer): SessionResult | undefined {
    this.#chunks.push(chunk)
    if (!this.#wanted) {
      const all = Buffer.concat(this.#chunks)
      const head = ANSWER.exec(all.toString('latin1'))
      if (!head) return undefined
      const [, code, out, err] = head.map(Number)
      this.#wanted = { code: code!, sizes: [out!, err!] }
      this.#chunks = [all.subarray(head[0].length)]
    }
    const { code, sizes } = this.#wanted
    const [out, err] = sizes
    if (this.#chunks.reduce((sum, { length }) => sum + length, 0) < out + err) return undefined
    const all = Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#wanted = undefined
    return { code, stdout: all.subarray(0, out), stderr: all.subarray(out, out + err) }
  }
}

type Served = ReturnType<typeof startIn>

/** Commands in one namespace over a tree, which is made when the first is asked for. */
export class TreeSession {
  readonly #namespace: Namespace
  readonly #signal: AbortSignal | undefined
  #served: Served | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(namespace: Namespace, signal: AbortSignal | undefined) {
    this.#namespace = namespace
    this.#signal = signal
  }

  readonly exec: SessionExec = (argv, options = {}) => {
    const turn = this.#last.then(() => this.#exec(argv, options))
    this.#last = turn.catch(() => {})
    return turn
  }

  /** Ends it with all that runs in it. */
  async end(): Promise<void> {
    const served = this.#served
    this.#served = undefined
    served?.kill('SIGKILL')
    await served
  }

  async #exec(...[argv, options = {}]: Parameters<SessionExec>): Promise<SessionResult> {
    this.#signal?.throwIfAborted()
    options.signal?.throwIfAborted()
    this.#served ??= this.#start()
    const served = this.#served
    const answers = new Answers()
    const words = Buffer.from(quoteAll(argv))
    const input = Buffer.from(options.input ?? '')
    try {
      return await new Promise<SessionResult>((resolve, reject) => {
        const ended = new AbortController()
        const done = (settle: () => void) => {
          ended.abort()
          served.stdout!.off('data', onData)
          settle()
        }
        const onData = (chunk: Buffer) => {
          const answer = answers.push(chunk)
          if (answer) done(() => resolve(answer))
        }
        served.stdout!.on('data', onData)
        void served.then(({ exitCode, stderr }) => {
          const lines = String(stderr).split('\n').filter(Boolean)
          done(() =>
            reject(
              this.#signal?.aborted
                ? this.#signal.reason
                : errors.guestCommandFailed(argv.join(' '), exitCode ?? 137, lines.slice(-15)),
            ),
          )
        })
        const { signal } = options
        signal?.addEventListener('abort', () => done(() => reject(signal.reason)), { signal: ended.signal })
        served.stdin!.write(Buffer.concat([Buffer.from(`${words.length} ${input.length}\n`), words, input]))
      })
    } catch (error) {
      // what it was in the middle of goes with it
      await this.end()
      throw error
    }
  }

  #start(): Served {
    const served = startIn(this.#namespace, [], { signal: this.#signal })
    // that it has ended is told where its answer is awaited
    served.stdin!.on('error', () => {})
    return served
  }
}
