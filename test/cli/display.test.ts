import { stripVTControlCharacters } from 'node:util'
import { expect, test, vi } from 'vitest'
import type { BuildEvent } from '../../core/build/events.ts'
import {
  collectionTable,
  liveCollection,
  plainCollection,
  type Row,
} from '../../core/cli/display/collection.ts'
import { liveDisplay } from '../../core/cli/display/live.ts'
import { plainDisplay } from '../../core/cli/display/plain.ts'
import { terminal } from './terminal.ts'

const EVENTS: BuildEvent[] = [
  { type: 'step', stage: 'toolbox', plugin: 'antidote', tap: 'toolbox', state: 'start' },
  { type: 'line', text: 'I: extracting archives' },
  { type: 'step', stage: 'toolbox', plugin: 'antidote', tap: 'toolbox', state: 'done', ms: 65_000 },
  { type: 'stage', stage: 'bootstrap', state: 'start' },
  { type: 'step', stage: 'bootstrap', plugin: 'debian', tap: 'mmdebstrap', state: 'cached' },
  { type: 'stage', stage: 'bootstrap', state: 'done', ms: 12, cached: true },
  { type: 'stage', stage: 'kernel', state: 'start' },
  { type: 'step', stage: 'kernel', plugin: 'debian', tap: 'compile', state: 'waiting' },
  { type: 'step', stage: 'kernel', plugin: 'debian', tap: 'compile', state: 'start' },
  { type: 'info', text: 'linux 6.12' },
  { type: 'warn', text: 'no KVM' },
  { type: 'step', stage: 'kernel', plugin: 'debian', tap: 'compile', state: 'done', ms: 2500 },
  { type: 'stage', stage: 'kernel', state: 'done', ms: 2600, cached: false },
  { type: 'stage', stage: 'rootfs', state: 'start' },
  { type: 'step', stage: 'rootfs', plugin: 'debian', tap: 'settings', state: 'start' },
  { type: 'step', stage: 'rootfs', plugin: 'debian', tap: 'settings', state: 'failed' },
  { type: 'stage', stage: 'rootfs', state: 'failed', ms: 100 },
]

test('plain: a line for each thing that happened, none for output', () => {
  let output = ''
  const display = plainDisplay((text) => {
    output += text
  })
  for (const event of EVENTS) display.report(event)
  display.close()
  expect(output.split('\n')).toEqual([
    'toolbox › antidote › toolbox: started',
    'toolbox › antidote › toolbox: done in 1 min 05 s',
    'bootstrap › debian › mmdebstrap: cached',
    'bootstrap done in 0.01 s (cached)',
    'kernel › debian › compile: waits for another build',
    'kernel › debian › compile: started',
    '  linux 6.12',
    '  warning: no KVM',
    'kernel › debian › compile: done in 2.5 s',
    'kernel done in 2.6 s',
    'rootfs › debian › settings: started',
    'rootfs › debian › settings: failed',
    '',
  ])
})

test('live: the stages with what runs, redrawn', () => {
  const { stream, screens } = terminal()
  const display = liveDisplay(stream, 'rootfs')
  for (const event of EVENTS.slice(0, 9)) display.report(event)
  vi.advanceTimersByTime(1500)
  const now = screens()
  expect(now).toMatch(/toolbox {3,}/)
  expect(now).toMatch(/bootstrap +0\.01 s +cached/)
  expect(now).toMatch(/kernel +1\.\d s +debian › compile/)
  expect(now).toMatch(/^ {3}rootfs$/m)
  expect(now).not.toContain('provision')
  display.close()
})

test('live: what a later stage needs is shown while it is made beside the stage that runs', () => {
  const { stream, screens, forget } = terminal()
  const display = liveDisplay(stream, 'kernel')
  const compile = { type: 'step', stage: 'kernel', plugin: 'debian', tap: 'compile' } as const
  display.report({ type: 'stage', stage: 'bootstrap', state: 'start' })
  display.report({ ...compile, state: 'start' })
  vi.advanceTimersByTime(1500)
  expect(screens()).toMatch(/bootstrap +1\.\d s/)
  expect(screens()).toMatch(/kernel +1\.\d s +debian › compile/)
  display.report({ ...compile, state: 'done', ms: 1500 })
  forget()
  vi.advanceTimersByTime(100)
  expect(screens()).toMatch(/^ {3}kernel$/m)
  display.close()
})

test('live: the last line of what runs, cut to the terminal and made harmless', () => {
  const { stream, screens, forget } = terminal()
  const display = liveDisplay(stream, 'rootfs')
  display.report({ type: 'stage', stage: 'bootstrap', state: 'start' })
  forget()
  display.report({ type: 'line', text: `\u001b[2J\r${'x'.repeat(200)}` })
  vi.advanceTimersByTime(100)
  expect(screens()).not.toContain('\u001b')
  expect(
    Math.max(
      ...screens()
        .split('\n')
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(60)
  display.close()
})

test('live: warnings stay, each stage shows how it ended, and nothing is drawn after the end', () => {
  const { stream, screens, forget } = terminal()
  const display = liveDisplay(stream, 'qcow2')
  for (const event of EVENTS) display.report(event)
  expect(screens()).toContain('warning no KVM')
  vi.advanceTimersByTime(100)
  display.close()
  expect(screens()).toMatch(/✔ kernel +2\.6 s/)
  expect(screens()).toMatch(/✘ rootfs +0\.10 s/)
  forget()
  vi.advanceTimersByTime(1000)
  expect(screens()).toBe('')
})

const rowsOf = (): Row[] => [
  { name: 'one', state: 'published', ms: 65_000, bytes: 50 * 1024 ** 2, digest: `sha256:${'ab'.repeat(32)}` },
  { name: 'second', state: 'unchanged', bytes: 1024 ** 2, digest: `sha256:${'cd'.repeat(32)}` },
  { name: 'bad', state: 'failed', ms: 100 },
  { name: 'late', state: 'waiting' },
]

test('a collection: image, state, time, size, digest', () => {
  const lines = collectionTable(rowsOf()).map((line) => stripVTControlCharacters(line))
  expect(lines).toEqual([
    ' ✔ one     published   1 min 05 s    50 MB  sha256:abababababab',
    ' · second  unchanged                  1 MB  sha256:cdcdcdcdcdcd',
    ' ✘ bad     failed          0.10 s',
    '   late    waiting',
  ])
})

test('a collection, plain: every line says whose it is', () => {
  let output = ''
  const display = plainCollection((text) => {
    output += text
  })
  const [one, second] = rowsOf() as [Row, Row]
  for (const event of EVENTS.slice(3, 6)) display.report(one, event)
  display.update(one)
  display.update(second)
  expect(output.split('\n')).toEqual([
    'one: bootstrap › debian › mmdebstrap: cached',
    'one: bootstrap done in 0.01 s (cached)',
    'one: published in 1 min 05 s',
    'second: unchanged',
    '',
  ])
})

test('a collection, live: what runs now, until it is closed', () => {
  const { stream, screens, forget } = terminal()
  const rows = rowsOf()
  const late = rows[3]!
  const display = liveCollection(stream, rows)
  Object.assign(late, { state: 'building', began: Date.now() })
  for (const event of EVENTS.slice(6, 9)) display.report(late, event)
  vi.advanceTimersByTime(1500)
  expect(screens()).toMatch(/late +kernel +1\.\d s +debian › compile/)
  display.report(late, { type: 'warn', text: 'no KVM' })
  expect(screens()).toContain('warning late: no KVM')
  display.pause()
  forget()
  vi.advanceTimersByTime(1000)
  expect(screens()).toBe('')
  display.update(late)
  expect(screens()).toContain('late')
  display.close()
  forget()
  vi.advanceTimersByTime(1000)
  expect(screens()).toBe('')
})
