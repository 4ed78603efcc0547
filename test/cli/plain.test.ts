import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { BuildEvent } from '../../core/build/events.ts'
import { plainCollection, type Row } from '../../core/cli/display/collection.ts'
import { plainDisplay } from '../../core/cli/display/plain.ts'

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
    const one: Row = { name: 'one', state: 'published' }
    display.report(one, { type: 'stage', stage: 'boot', state: 'start' })
    vi.advanceTimersByTime(30_000)
    expect(said).toEqual(['one: boot: runs for 30.0 s'])
    display.update(one)
    said.length = 0
    vi.advanceTimersByTime(300_000)
    expect(said).toEqual([])
  })
})

test('with every line of output, where that is asked for', () => {
  let output = ''
  const display = plainDisplay(
    (text) => {
      output += text
    },
    { lines: true },
  )
  display.report({ type: 'line', text: '$ mke2fs disk' })
  display.report({ type: 'line', text: '10%\r\u001b[1mDone\r' })
  display.close()
  expect(output).toBe('  │ $ mke2fs disk\n  │ Done\n')
})

test.each([
  ['plain', 'warn'],
  ['plain', 'info'],
])('%s: what a script puts into a %s cannot reach the terminal', (_, type) => {
  let output = ''
  const display = plainDisplay((text) => {
    output += text
  })
  display.report({ type, text: '0%\r\u001b]0;t\u0007a\u001b[2J\u009bHb\u202e' } as BuildEvent)
  display.close()
  expect(output).toBe(`  ${type === 'warn' ? 'warning: ' : ''}ab<U+202E>\n`)
})
