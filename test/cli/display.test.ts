import { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  collectionTable,
  liveCollection,
  plainCollection,
  type Row,
} from '../../core/cli/display/collection.ts'
import {
  type EndpointRow,
  endpointTable,
  liveEndpoints,
  plainEndpoints,
} from '../../core/cli/display/endpoints.ts'
import { liveDisplay } from '../../core/cli/display/live.ts'
import { plainDisplay } from '../../core/cli/display/plain.ts'
import type { BuildEvent } from '../../core/lifecycle/events.ts'

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

describe('plain: what takes long says so', () => {
  const start = (event: Partial<BuildEvent> = {}) => {
    vi.useFakeTimers({ now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const said: string[] = []
    const display = plainDisplay((text) => void said.push(text.trimEnd()))
    display.report({ type: 'stage', stage: 'kernel', state: 'start' })
    display.report({
      type: 'step',
      stage: 'kernel',
      plugin: 'debian',
      tap: 'compile',
      state: 'start',
      ...event,
    } as BuildEvent)
    said.length = 0
    return { display, said }
  }

  test('every half minute, with the step, its time and the last line of output', () => {
    const { display, said } = start()
    vi.advanceTimersByTime(29_999)
    expect(said).toEqual([])
    vi.advanceTimersByTime(1)
    display.report({ type: 'line', text: '\u001b[1m CC  fs/ext4/inode.o\r' })
    vi.advanceTimersByTime(60_000)
    expect(said).toEqual([
      'kernel › debian › compile: runs for 30.0 s',
      'kernel › debian › compile: runs for 1 min 00 s: CC fs/ext4/inode.o',
      'kernel › debian › compile: runs for 1 min 30 s: CC fs/ext4/inode.o',
    ])
  })

  test('not while it says something anyway, and not after it has ended', () => {
    const { display, said } = start()
    for (let seconds = 0; seconds < 100; seconds += 20) {
      vi.advanceTimersByTime(20_000)
      display.report({ type: 'info', text: 'goes on' })
    }
    expect(said.filter((line) => line.includes('runs for'))).toEqual([])
    display.report({ type: 'step', stage: 'kernel', plugin: 'debian', tap: 'compile', state: 'done', ms: 1 })
    said.length = 0
    // the stage still runs
    vi.advanceTimersByTime(30_000)
    expect(said).toEqual(['kernel: runs for 2 min 10 s'])
    display.report({ type: 'stage', stage: 'kernel', state: 'done', ms: 1 })
    said.length = 0
    vi.advanceTimersByTime(300_000)
    expect(said).toEqual([])
  })

  test('not after the display was closed', () => {
    const { display, said } = start()
    display.close()
    vi.advanceTimersByTime(300_000)
    expect(said).toEqual([])
  })

  test('in a collection each of those that run, with its name', () => {
    vi.useFakeTimers({ now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const said: string[] = []
    const display = plainCollection((text) => void said.push(text.trimEnd()))
    const [one] = rowsOf() as [Row]
    display.report(one, { type: 'stage', stage: 'boot', state: 'start' })
    vi.advanceTimersByTime(30_000)
    expect(said).toEqual(['one: boot: runs for 30.0 s'])
    display.update(one)
    said.length = 0
    vi.advanceTimersByTime(300_000)
    expect(said).toEqual([])
  })
})

test.each([
  ['plain', 'warn'],
  ['plain', 'info'],
])('%s: what a script puts into a %s cannot reach the terminal', (_, type) => {
  let output = ''
  const display = plainDisplay((text) => {
    output += text
  })
  display.report({ type, text: '\u001b]0;t\u0007a\u001b[2J\u009bHb\u202e' } as BuildEvent)
  display.close()
  expect(output).toBe(`  ${type === 'warn' ? 'warning: ' : ''}ab<U+202E>\n`)
})

/** A terminal that keeps what is written to it. */
const terminal = () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let written = ''
  const writable = new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.toString()
      done()
    },
  })
  const stream = Object.assign(writable, {
    columns: 60,
    rows: 30,
    isTTY: true,
  }) as unknown as NodeJS.WriteStream
  const forget = () => {
    written = ''
  }
  const screens = () => stripVTControlCharacters(written)
  return { stream, screens, forget }
}

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

describe('the endpoints of a lesson', () => {
  const rows: EndpointRow[] = [
    { name: 'leaf', way: 'ansible', file: 'leaf.yml', state: 'changed', ms: 14_200 },
    {
      name: 'core',
      way: 'netconf',
      file: 'core-junos.txt',
      state: 'failed',
      ms: 300,
      error: new Error('It is off.'),
    },
    { name: 'pc', way: '-', file: '-', state: 'nothing' },
  ]

  test('are one table', () => {
    expect(endpointTable(rows)).toEqual([
      'endpoint  way      file            result   time',
      'leaf      ansible  leaf.yml        changed  14.2 s',
      'core      netconf  core-junos.txt  failed   0.30 s  It is off.',
      'pc        -        -               nothing',
    ])
  })

  test('have a line for each thing that happens, with the name of the endpoint', () => {
    let said = ''
    const display = plainEndpoints((text) => {
      said += text
    })
    display.report(rows[0]!, { type: 'info', text: 'eth1 has 10.0.0.1/24' })
    display.report(rows[1]!, { type: 'warn', text: 'It is tried again.' })
    display.update(rows[0]!)
    expect(said).toBe(
      'leaf: eth1 has 10.0.0.1/24\ncore: warning: It is tried again.\nleaf: changed in 14.2 s\n',
    )
  })

  test('are drawn in place while they are configured', () => {
    vi.useFakeTimers({ now: 0 })
    onTestFinished(() => void vi.useRealTimers())
    const { stream, screens, forget } = terminal()
    const row: EndpointRow = { name: 'leaf', way: 'python', file: 'leaf.py', state: 'waiting' }
    const display = liveEndpoints(stream, [row])
    display.report(row, { type: 'step', stage: 'configure', plugin: 'python', tap: 'lesson', state: 'start' })
    vi.advanceTimersByTime(1500)
    expect(screens()).toMatch(/leaf +python +leaf\.py +running +1\.\d s +python › lesson/)
    display.report(row, { type: 'warn', text: 'It is tried again.' })
    expect(screens()).toContain('warning leaf: It is tried again.')
    Object.assign(row, { state: 'changed', ms: 2000 })
    display.update(row)
    expect(screens()).toMatch(/leaf +python +leaf\.py +changed +2\.0 s/)
    display.close()
    forget()
    vi.advanceTimersByTime(1000)
    expect(screens()).toBe('')
  })
})
