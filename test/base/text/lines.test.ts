import { expect, test } from 'vitest'
import { lastLines } from '../../../core/base/text/lines.ts'

test('the last lines that are not blank, of all texts together', () => {
  expect(lastLines('one\n\n  \ntwo\n', 'three')).toEqual(['one', 'two', 'three'])
  expect(lastLines(Array.from({ length: 20 }, (_, index) => `${index}`).join('\n'))).toHaveLength(15)
})

test('a line without an end is cut: it stands in a message', () => {
  const [line] = lastLines('x'.repeat(60_000_000))
  expect(line).toMatch(/^x{1999}…$/)
})

test('60 MB of line ends are as many lines, and are not made into a list', { timeout: 20_000 }, () => {
  expect(lastLines(`${'\n'.repeat(60_000_000)}why\n`)).toEqual(['why'])
})
