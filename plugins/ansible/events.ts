/** What of a result says how a task went. Nothing is left of what `no_log` hides. */
export interface Told {
  msg?: unknown
  module_stderr?: unknown
  module_stdout?: unknown
  stderr?: unknown
  stdout?: unknown
  rc?: number
  censored?: string
  exception?: unknown
  item?: unknown
  assertion?: unknown
}

/** A task that has ended, as the callback plugin tells it. */
export interface Ended {
  event: 'ok' | 'skipped' | 'failed' | 'unreachable'
  play: string
  task: string
  action: string
  /** Where it stands: "file:line". */
  path: string
  changed: boolean
  ignored?: boolean
  result?: Told
  items?: Told[]
}

/** What the callback plugin tells. */
export type Event =
  | Ended
  | { event: 'play'; play: string }
  | { event: 'task'; play: string; task: string }
  | { event: 'nohosts'; play: string }
  | { event: 'stats'; hosts: string[]; failed: string[] }

/** How a run went. */
export class Progress {
  readonly changed: Ended[] = []
  readonly failed: Ended[] = []
  readonly skippedPlays: string[] = []
  tasks = 0
  stats: { hosts: string[]; failed: string[] } | undefined

  take(event: Event): void {
    if (event.event === 'nohosts') this.skippedPlays.push(event.play)
    else if (event.event === 'stats') this.stats = event
    else if (event.event !== 'play' && event.event !== 'task') this.#ended(event)
  }

  #ended(ended: Ended): void {
    const { event, changed, ignored } = ended
    if (event !== 'skipped') this.tasks++
    if (event === 'ok' && changed) this.changed.push(ended)
    if ((event === 'failed' || event === 'unreachable') && !ignored) this.failed.push(ended)
  }
}
