import { describe, expect, test } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import { AntidoteError, isAntidoteError, messageOf } from '../../../core/base/errors/error.ts'

/** What a parameter may be that is no text. */
const SAMPLES: Record<string, unknown> = {
  lacks: [{ need: 'CAP_NET_ADMIN' }],
  refused: [{ severity: 'error', tag: 'data-missing', message: 'Not there', path: '/x' }],
  lost: [{ name: 'BTRFS_FS', wanted: 'm', got: 'n' }],
  scene: { dialogue: 'x', lines: ['a line'] },
}

const sample = (parameter: string): unknown => {
  if (parameter.startsWith('place')) return { file: '/f' }
  if (parameter.startsWith('hint')) return 'Do this.'
  return SAMPLES[parameter] ?? 'x'
}

/** Every error of the catalogue, with a sample for each argument. */
const all = Object.entries(errors as unknown as Record<string, (...args: unknown[]) => AntidoteError>).map(
  ([name, make]) => {
    const text = make.toString()
    // what a parameter is called is all that is left of its type
    const lists = /^(lines|known|names|all|commands|choices|presets)\b/
    const parameters = text
      .slice(text.indexOf('(') + 1, text.indexOf(')'))
      .split(',')
      .map((parameter) => parameter.trim())
    const args = parameters.map((parameter) => (lists.test(parameter) ? ['a line'] : sample(parameter)))
    return [name, make(...args)] as const
  },
)

describe('every error of the catalogue', () => {
  test.each(all)('%s is a code, one sentence and what to do', (_, error) => {
    expect(error).toBeInstanceOf(AntidoteError)
    expect(error.code).toMatch(/^[A-Z][A-Z0-9_]+$/)
    expect(error.message).toMatch(/^["`A-Za-z]/)
    expect(error.message).not.toMatch(/undefined|\[object|\n/)
    if (error.details.hint) expect(error.details.hint).toMatch(/^["`A-Z~].*[.)`}]$/s)
    expect([undefined, 1, 2, 130]).toContain(error.details.exitCode)
  })

  test('no two have one code', () => {
    const codes = all.map(([, error]) => error.code)
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
  })
})

test('an error of another copy of the package is known, anything else is not', () => {
  const foreign = Object.assign(new Error('x'), { name: 'AntidoteError', code: 'X' })
  expect(isAntidoteError(foreign)).toBe(true)
  expect(isAntidoteError(errors.interrupted())).toBe(true)
  expect(isAntidoteError(new Error('x'))).toBe(false)
  expect(isAntidoteError({ name: 'AntidoteError', code: 'X' })).toBe(false)
})

test('whatever was thrown has a sentence', () => {
  expect(messageOf(new Error('x'))).toBe('x')
  expect(messageOf('x')).toBe('x')
  expect(messageOf(undefined)).toBe('undefined')
})
