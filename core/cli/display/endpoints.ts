import { createLogUpdate } from 'log-update'
import { messageOf } from '../../base/errors/error.ts'
import { printable } from '../../base/text/printable.ts'
import { table } from '../../base/text/table.ts'
import type { BuildEvent } from '../../build/events.ts'
import type { Result } from '../../lesson/configure.ts'
import { formatTime } from '../arguments/parse.ts'
import { lineOf } from '../terminal/line.ts'
import { safe } from '../terminal/output.ts'
import { style } from '../terminal/style.ts'
import { plainDisplays, type Write } from './plain.ts'

/** One endpoint of a lesson in the table. */
export interface EndpointRow {
  name: string
  /** How it is configured, and with which file. */
  way: string
  file: string
  state: 'waiting' | 'running' | 'nothing' | Result
  /** When it began to be configured. */
  began?: number
  ms?: number
  error?: unknown
  /** What runs for it now. */
  step?: string
}

/** The table: endpoint, way, file, result, time, and why it failed. */
export const endpointTable = (rows: readonly EndpointRow[]): string[] =>
  table([
    ['endpoint', 'way', 'file', 'result', 'time', ''],
    ...rows.map(({ name, way, file, state, began, ms, error, step }) => {
      const spent = ms ?? (began === undefined ? undefined : Date.now() - began)
      const note = printable(error === undefined ? (step ?? '') : messageOf(error))
      return [name, way, file, state, spent === undefined ? '' : formatTime(spent), note]
    }),
  ])

/** What shows a lesson while its endpoints are configured. */
export interface EndpointsDisplay {
  report(row: EndpointRow, event: BuildEvent): void
  /** An endpoint is done. */
  update(row: EndpointRow): void
  close(): void
}

/** The table, redrawn in place; gone when it is closed, for the one that stays goes to standard output. */
export const liveEndpoints = (stream: NodeJS.WriteStream, rows: readonly EndpointRow[]): EndpointsDisplay => {
  const update = createLogUpdate(stream)
  const draw = () => {
    const width = (stream.columns ?? 80) - 1
    update(
      endpointTable(rows)
        .map((line) => safe(line).slice(0, width))
        .join('\n'),
    )
  }
  const timer = setInterval(draw, 100)
  timer.unref()
  return {
    report: (row, event) => {
      if (row.state === 'waiting') Object.assign(row, { state: 'running', began: Date.now() })
      if (event.type === 'step')
        row.step = event.state === 'waiting' ? 'waits for another build' : `${event.plugin} › ${event.tap}`
      else if (event.type !== 'stage') row.step = lineOf(event.text) || row.step!
      if (event.type !== 'warn') return
      update.clear()
      stream.write(safe(`${style.warn('warning')} ${row.name}: ${printable(event.text)}\n`))
      draw()
    },
    update: (row) => {
      row.step = ''
      draw()
    },
    close: () => {
      clearInterval(timer)
      update.clear()
      update.done()
    },
  }
}

/** A line for each thing that happened, with the endpoint it happened to. */
export const plainEndpoints = (write: Write, options: { lines?: boolean } = {}): EndpointsDisplay => {
  const displays = plainDisplays(write, options)
  return {
    report: ({ name }, event) => displays.report(name, event),
    update: ({ name, state, ms = 0 }) => {
      displays.end(name)
      write(`${printable(name)}: ${state} in ${formatTime(ms)}\n`)
    },
    close: displays.close,
  }
}
