import type { BuildEvent } from '../../lifecycle/events.ts'
import { formatTime } from '../parse.ts'

/** Where lines go. */
export type Write = (text: string) => void

/** A line for each thing that happened, for logs and pipes. */
export const plainDisplay = (write: Write) => ({
  report(event: BuildEvent): void {
    if (event.type === 'step') {
      const name = `${event.stage} › ${event.plugin} › ${event.tap}`
      const state = {
        start: 'started',
        waiting: 'waits for another build',
        cached: 'cached',
        done: event.ms === undefined ? 'done' : `done in ${formatTime(event.ms)}`,
        failed: 'failed',
      }[event.state]
      write(`${name}: ${state}\n`)
    } else if (event.type === 'info' || event.type === 'warn') {
      write(`  ${event.type === 'warn' ? 'warning: ' : ''}${event.text}\n`)
    } else if (event.type === 'stage' && event.state === 'done') {
      write(`${event.stage} done in ${formatTime(event.ms ?? 0)}${event.cached ? ' (cached)' : ''}\n`)
    }
  },
  close(): void {},
})
