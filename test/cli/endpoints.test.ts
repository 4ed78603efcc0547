import { describe, expect, onTestFinished, test, vi } from 'vitest'
import {
  type EndpointRow,
  endpointTable,
  liveEndpoints,
  plainEndpoints,
} from '../../core/cli/display/endpoints.ts'
import { terminal } from './terminal.ts'

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
