import { expect, test } from 'vitest'
import { plainLine } from '../../../core/base/text/plain-line.ts'

test('a console line becomes plain text', () => {
  expect(plainLine('\x1b[32m  OK  \x1b[0m Started ssh\r')).toBe('  OK   Started ssh')
  expect(plainLine('\x1b[2J\x1b[H\x1bcSeaBIOS\x00\x07')).toBe('SeaBIOS')
  expect(plainLine('\x1bM[  OK  ] Started ssh\x1b[!p')).toBe('[  OK  ] Started ssh')
  expect(plainLine('10%\r100%\r')).toBe('100%')
})
