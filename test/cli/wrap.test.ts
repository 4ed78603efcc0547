import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Finding } from '../../core/cli/doctor/check.ts'
import { thisHost } from '../../core/cli/doctor/host.ts'
import { hanging, wrap } from '../../core/cli/terminal/wrap.ts'
import { findingLines } from '../../core/cli/verbs/doctor.ts'
import { planLines } from '../../core/cli/verbs/plan.ts'
import { testTable } from '../../core/cli/verbs/test.ts'

const longest = (lines: readonly string[]) =>
  Math.max(...lines.map((line) => stripVTControlCharacters(line).length))

test('text is wrapped between words, and a long word is left whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three'])
  expect(wrap('see /a/very/long/path now', 8)).toEqual(['see', '/a/very/long/path', 'now'])
  expect(wrap('as it is', Number.POSITIVE_INFINITY)).toEqual(['as it is'])
})

test('the last cell of a row goes on below itself, or below the row where there is no room', () => {
  const text = 'a reason that is somewhat longer than one line'
  expect(hanging('plugin › tap  ', text, 44)).toEqual([
    'plugin › tap  a reason that is somewhat',
    '              longer than one line',
  ])
  expect(hanging('plugin › tap  ', text, 34)).toEqual([
    'plugin › tap',
    '    a reason that is somewhat',
    '    longer than one line',
  ])
})

const findings: Finding[] = [
  {
    name: 'KVM',
    state: 'warning',
    ok: false,
    essential: false,
    detail:
      '/dev/kvm is present, but a test guest did not run: QEMU said "error: failed to set MSR"; machines are emulated, which is slower',
  },
  { name: 'clock', state: 'ok', ok: true, essential: true, detail: '2026-11-30 05:42 UTC' },
]

const stages = [
  {
    stage: 'kernel' as const,
    steps: [
      {
        plugin: 'debian',
        tap: 'minimal',
        key: 'f233663c5f4d0123',
        cached: false,
        reason: 'option "kernelOptions" changed from {} to {"VETH":"y"}; the step before it changed',
        reasons: [],
      },
    ],
  },
]

describe.each([100, 80, 60, 40])('in %d columns', (width) => {
  test('doctor fits', () => {
    const lines = findings.flatMap((finding) => findingLines(finding, thisHost(), false, width))
    expect(longest(lines)).toBeLessThanOrEqual(width)
    expect(lines.join(' ').replace(/ +/g, ' ')).toContain('machines are emulated, which is slower')
  })

  test('plan fits', () => {
    const lines = planLines({ stages }, width)
    expect(longest(lines)).toBeLessThanOrEqual(
      Math.max(width, 'kernel     debian › minimal f233663c5f4d'.length),
    )
    expect(lines.join(' ').replace(/ +/g, ' ')).toContain('the step before it changed')
  })
})

test('in a pipe every row is one line', () => {
  expect(planLines({ stages }, Number.POSITIVE_INFINITY)).toHaveLength(1)
  expect(
    findings.flatMap((finding) => findingLines(finding, thisHost(), false, Number.POSITIVE_INFINITY)),
  ).toHaveLength(2)
})

test('a report of tests has the plugin as a column', () => {
  const of = (name: string, plugin: string, ms: number) => ({ name, plugin, ok: true, ms })
  const report = {
    image: 'x',
    passed: 2,
    failed: 0,
    tests: [of('hostname', 'antidote', 50), of('a longer name', 'netconf', 6400)],
  }
  expect(testTable(report).split('\n').map(stripVTControlCharacters)).toEqual([
    ' ✔ hostname       antidote    0.05 s',
    ' ✔ a longer name  netconf      6.4 s',
    '2 passed, 0 failed',
    '',
  ])
})
