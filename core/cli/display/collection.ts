import { createLogUpdate } from 'log-update'
import { printable } from '../../base/text/printable.ts'
import type { BuildEvent } from '../../build/events.ts'
import type { Stage } from '../../contract/plugin/stages.ts'
import { formatBytes, formatTime } from '../arguments/parse.ts'
import { safe } from '../terminal/output.ts'
import { style } from '../terminal/style.ts'
import { plainDisplays, type Write } from './plain.ts'

/** How far an image of a collection is. */
export type RowState =
  | 'waiting'
  | 'building'
  | Stage
  | 'toolbox'
  | 'published'
  | 'unchanged'
  | 'failed'
  | 'stopped'

/** One image of a collection in the table. */
export interface Row {
  name: string
  state: RowState
  /** When its build began. */
  began?: number
  ms?: number
  bytes?: number | undefined
  digest?: string | undefined
  /** What runs in it now. */
  step?: string | undefined
}

const ENDED: readonly RowState[] = ['published', 'unchanged', 'failed', 'stopped']

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

const markOf = ({ state }: Row, frame: number): string => {
  if (state === 'published') return style.good('✔')
  if (state === 'unchanged') return style.dim('·')
  if (state === 'failed' || state === 'stopped') return style.bad('✘')
  return state === 'waiting' ? ' ' : FRAMES[frame % FRAMES.length]!
}

/** The table of a collection: image, state, time, size, digest. */
export const collectionTable = (rows: readonly Row[], frame = 0): string[] => {
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows.map((row) => {
    const { name, state, began, bytes, digest, step } = row
    const ms = ENDED.includes(state) ? row.ms : began && Date.now() - began
    const time = ms === undefined ? '' : formatTime(ms)
    const size = bytes === undefined ? '' : formatBytes(bytes)
    const end = style.dim(step ?? digest?.slice(0, 'sha256:'.length + 12) ?? '')
    return ` ${markOf(row, frame)} ${name.padEnd(width)}  ${state.padEnd(9)} ${time.padStart(12)} ${size.padStart(8)}  ${end}`.trimEnd()
  })
}

/** What shows a collection while it is published. */
export interface CollectionDisplay {
  /** Takes what the build of this image tells. */
  report(row: Row, event: BuildEvent): void
  /** Something ended, or was found out. */
  update(row: Row): void
  /** Gives the terminal away until the next image. */
  pause(): void
  close(): void
}

const follow = (row: Row, event: BuildEvent): void => {
  if (event.type === 'stage' && event.state === 'start') Object.assign(row, { state: event.stage, step: '' })
  if (event.type !== 'step') return
  row.step = event.state === 'waiting' ? 'waits for another build' : `${event.plugin} › ${event.tap}`
  if (event.stage === 'toolbox') row.state = 'toolbox'
}

/** The table, redrawn in place; gone when it is closed, for the one that stays goes to standard output. */
export const liveCollection = (stream: NodeJS.WriteStream, rows: readonly Row[]): CollectionDisplay => {
  const update = createLogUpdate(stream)
  let frame = 0
  let paused = false
  const draw = () => {
    if (!paused) update(safe(collectionTable(rows, frame).join('\n')))
  }
  const timer = setInterval(() => {
    frame++
    draw()
  }, 100)
  timer.unref()
  const clear = () => {
    update.clear()
    update.done()
  }
  return {
    report: (row, event) => {
      follow(row, event)
      if (event.type !== 'warn') return
      update.clear()
      stream.write(safe(`${style.warn('warning')} ${row.name}: ${printable(event.text)}\n`))
      draw()
    },
    update: () => {
      paused = false
      draw()
    },
    pause: () => {
      paused = true
      clear()
    },
    close: () => {
      clearInterval(timer)
      clear()
    },
  }
}

/** A line for each thing that happened, with the image it happened to. */
export const plainCollection = (write: Write, options: { lines?: boolean } = {}): CollectionDisplay => {
  const displays = plainDisplays(write, options)
  return {
    report: ({ name }, event) => displays.report(name, event),
    update: ({ name, state, ms }) => {
      if (ENDED.includes(state)) displays.end(name)
      write(`${printable(name)}: ${state}${ms ? ` in ${formatTime(ms)}` : ''}\n`)
    },
    pause: () => {},
    close: displays.close,
  }
}
