import { createLogUpdate } from 'log-update'
import { printable } from '../../base/text/printable.ts'
import type { BuildEvent } from '../../build/events.ts'
import { type Stage, stageNames } from '../../contract/plugin/stages.ts'
import { formatTime } from '../arguments/parse.ts'
import { lineOf } from '../terminal/line.ts'
import { safe } from '../terminal/output.ts'
import { style } from '../terminal/style.ts'

interface Row {
  state: 'waiting' | 'running' | 'done' | 'failed'
  began: number
  ms: number
  cached: boolean
  /** The stage itself, and not only what it needs. */
  started: boolean
  /** What runs in it now. */
  step: string
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

/** The stages with their times, what is cached, and the last line of what runs, redrawn in place. */
export const liveDisplay = (stream: NodeJS.WriteStream, until: Stage) => {
  const update = createLogUpdate(stream)
  const shown = stageNames.slice(0, stageNames.indexOf(until) + 1)
  const rows = new Map<string, Row>()
  const row = (stage: string) => {
    const known = rows.get(stage) ?? {
      state: 'waiting',
      began: 0,
      ms: 0,
      cached: false,
      started: false,
      step: '',
    }
    rows.set(stage, known)
    return known
  }
  let last = ''
  let frame = 0

  const line = (stage: string): string => {
    const { state, began, ms, cached, step } = row(stage)
    const mark = {
      waiting: ' ',
      running: FRAMES[frame % FRAMES.length]!,
      done: style.good('✔'),
      failed: style.bad('✘'),
    }[state]
    const time = state === 'waiting' ? '' : formatTime(state === 'running' ? Date.now() - began : ms)
    const note = state === 'done' && cached ? style.dim('cached') : step
    const name = state === 'waiting' ? style.dim(stage.padEnd(10)) : stage.padEnd(10)
    return ` ${mark} ${name} ${time.padStart(12)}  ${note}`.trimEnd()
  }
  const draw = (final: boolean) => {
    const width = (stream.columns ?? 80) - 4
    const stages = [...(rows.has('toolbox') ? ['toolbox'] : []), ...shown]
    const visible = final ? stages.filter((stage) => row(stage).state !== 'waiting') : stages
    const below = final || last === '' ? [] : [style.dim(`   ${last.slice(0, width)}`)]
    update(safe([...visible.map(line), ...below].join('\n')))
  }
  const timer = setInterval(() => {
    frame++
    draw(false)
  }, 100)
  timer.unref()

  const say = (text: string) => {
    update.clear()
    stream.write(safe(`${text}\n`))
    draw(false)
  }
  const begin = (target: Row) => {
    if (target.state !== 'running') target.began = Date.now()
    target.state = 'running'
  }
  return {
    report(event: BuildEvent): void {
      if (event.type === 'stage') {
        const target = row(event.stage)
        if (event.state === 'start') {
          target.started = true
          begin(target)
        } else
          Object.assign(target, {
            state: event.state,
            ms: event.ms ?? 0,
            cached: event.cached ?? false,
            step: '',
          })
        last = ''
      } else if (event.type === 'step') {
        const target = row(event.stage)
        target.step = event.state === 'waiting' ? 'waits for another build' : `${event.plugin} › ${event.tap}`
        // what a stage needs may be made while earlier stages run
        if (target.started) return
        const ended = event.state === 'done' || event.state === 'failed'
        if (!ended) begin(target)
        else if (event.stage !== 'toolbox') Object.assign(target, { state: 'waiting', step: '' })
        else Object.assign(target, { state: event.state, ms: Date.now() - target.began, step: '' })
      } else if (event.type === 'warn') say(`${style.warn('warning')} ${printable(event.text)}`)
      else last = lineOf(event.text) || last
    },
    close(): void {
      clearInterval(timer)
      draw(true)
      update.done()
    },
  }
}
