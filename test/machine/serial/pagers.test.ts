import { expect, test } from 'vitest'
import { find, prepared } from '../../../core/machine/serial/match.ts'
import { pagers } from '../../../core/machine/serial/pagers.ts'

const key = (shown: string): string | undefined => {
  const found = find(prepared(Object.fromEntries(pagers.map(({ see }, index) => [index, see]))), shown)
  return found && pagers[Number(found.is)]!.send
}

test.each([
  ['text\n--More-- ', ' '],
  ['text\n -- More -- ', ' '],
  ['text\n--More--(34%)', ' '],
  ['text\n<--- More --->', ' '],
  ['text\n---(more)---', ' '],
  ['text\n---(more 45%)---', ' '],
  ['text\nPress any key to continue...', ' '],
  ['text\nlines 1-23', ' '],
  ['text\nlines 1-23/80 29%', ' '],
  ['text\n:', ' '],
  ['text\nlines 58-80/80 (END)', 'q'],
  ['text\n(END)', 'q'],
  ['more text', undefined],
  ['--More-- or less\n# ', undefined],
  ['password:', undefined],
])('%j is answered by %j', (shown, answer) => {
  expect(key(shown)).toBe(answer)
})
