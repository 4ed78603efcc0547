import type { Store } from '../store/store.ts'
import { Toolbox } from '../store/toolbox/toolbox.ts'
import type { Report } from './events.ts'
import type { BuildLog } from './log.ts'

/** Where its progress is told, and what interrupts it. */
interface Told {
  report: Report
  log: BuildLog
  signal: AbortSignal
}

/** The toolbox of one build: made on first use, with its progress told as that of a step. */
export class BuildToolbox {
  readonly #store: Store
  readonly #options: Told
  #toolbox: Promise<Toolbox> | undefined

  constructor(store: Store, options: Told) {
    this.#store = store
    this.#options = options
  }

  get(): Promise<Toolbox> {
    this.#toolbox ??= this.#make()
    return this.#toolbox
  }

  async #make(): Promise<Toolbox> {
    const { report, signal, log } = this.#options
    const event = { type: 'step', stage: 'toolbox', plugin: 'antidote', tap: 'toolbox' } as const
    const began = Date.now()
    let made = false
    const toolbox = await Toolbox.ensure(this.#store, {
      signal,
      onStart: () => {
        made = true
        report({ ...event, state: 'start' })
      },
      onWait: () => report({ ...event, state: 'waiting' }),
      onLine: (line) => {
        log.line('toolbox', line)
        report({ type: 'line', text: line })
      },
      onDamage: (reason) =>
        report({ type: 'warn', text: `The toolbox was damaged and is made anew: ${reason}.` }),
    })
    if (made) report({ ...event, state: 'done', ms: Date.now() - began })
    return toolbox
  }
}
