import type { StartedTool, Tools } from '../../base/process/tools.ts'

/** Wakes whoever waits when an interface comes, goes or changes. What changed has to be looked up. */
export class LinkWatch {
  readonly #monitor: StartedTool
  #pending = false
  #closed = false
  #wake: (() => void) | undefined

  constructor(tools: Tools, ended: () => void) {
    // it would outlive a killed launcher until the next thing that happens
    const monitor = ['setpriv', '--pdeathsig', 'KILL', 'ip', '-oneline', 'monitor', 'link']
    this.#monitor = tools.start(monitor, { network: true })
    this.#monitor.stdin?.end()
    this.#monitor.stdout?.on('data', () => this.poke())
    this.#monitor.then(() => {
      if (!this.#closed) ended()
    })
  }

  /** Wakes the one who waits, or who will wait next. */
  poke(): void {
    this.#pending = true
    this.#wake?.()
  }

  /** Settles when something happened since the last call, after so many milliseconds, or on abort. */
  change(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#pending = false
        this.#wake = undefined
        resolve()
      }
      const timer = setTimeout(end, ms)
      this.#wake = end
      signal.addEventListener('abort', end)
      if (this.#pending || signal.aborted) end()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#monitor.kill('SIGKILL')
    await this.#monitor
  }
}
