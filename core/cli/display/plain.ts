import { printable } from '../../base/text/printable.ts'
import type { BuildEvent } from '../../build/events.ts'
import { formatTime } from '../arguments/parse.ts'

/** Where lines go. */
export type Write = (text: string) => void

/** How long nothing may be said while something runs, in milliseconds. */
const SILENCE = 30_000

/** How much of the last line of output is shown. */
const LAST = 80

interface Running {
  name: string
  began: number
}

/** A line for each thing that happened, for logs and pipes; what takes long says from time to time that it still runs. */
export const plainDisplay = (write: Write, { lines = false } = {}) => {
  /** What runs, the outermost first. */
  const running: Running[] = []
  let last = ''
  let timer: NodeJS.Timeout | undefined

  const rearm = () => {
    clearTimeout(timer)
    timer = running.length > 0 ? setTimeout(stillRuns, SILENCE).unref() : undefined
  }
  const put = (text: string) => {
    write(`${printable(text)}\n`)
    rearm()
  }
  const stillRuns = () => {
    const { name, began } = running.at(-1)!
    put(`${name}: runs for ${formatTime(Date.now() - began)}${last && `: ${last}`}`)
  }
  const begin = (name: string) => {
    last = ''
    running.push({ name, began: Date.now() })
  }
  const end = (name: string) => {
    last = ''
    const index = running.findLastIndex((one) => one.name === name)
    if (index !== -1) running.splice(index, 1)
  }

  const step = (event: Extract<BuildEvent, { type: 'step' }>) => {
    const { stage, plugin, tap, state, ms } = event
    const name = `${stage} › ${plugin} › ${tap}`
    if (state === 'start') begin(name)
    else if (state !== 'waiting') end(name)
    const shown = {
      start: 'started',
      waiting: 'waits for another build',
      cached: 'cached',
      done: ms === undefined ? 'done' : `done in ${formatTime(ms)}`,
      failed: 'failed',
    }[state]
    put(`${name}: ${shown}`)
  }
  const stage = ({ stage, state, ms = 0, cached }: Extract<BuildEvent, { type: 'stage' }>) => {
    if (state === 'start') begin(stage)
    else end(stage)
    if (state === 'done') put(`${stage} done in ${formatTime(ms)}${cached ? ' (cached)' : ''}`)
    else rearm()
  }
  const line = (text: string) => {
    if (lines) return put(`  │ ${printable(text)}`)
    last = printable(text).replace(/\s+/g, ' ').trim().slice(0, LAST) || last
  }
  return {
    report(event: BuildEvent): void {
      if (event.type === 'step') step(event)
      else if (event.type === 'stage') stage(event)
      else if (event.type === 'line') line(event.text)
      // what it wrote over with a carriage return is not what we put before it
      else put(`  ${event.type === 'warn' ? 'warning: ' : ''}${printable(event.text)}`)
    },
    close(): void {
      clearTimeout(timer)
      running.length = 0
    },
  }
}

/** A plain display for each of several things that run at once: every line begins with its name. */
export const plainDisplays = (write: Write, options: { lines?: boolean } = {}) => {
  const displays = new Map<string, ReturnType<typeof plainDisplay>>()
  return {
    report(name: string, event: BuildEvent): void {
      const known = displays.get(name)
      const display =
        known ?? plainDisplay((text) => write(`${printable(name)}: ${text.trimStart()}`), options)
      displays.set(name, display)
      display.report(event)
    },
    /** One of them has ended. */
    end(name: string): void {
      displays.get(name)?.close()
    },
    close(): void {
      for (const display of displays.values()) display.close()
    },
  }
}
