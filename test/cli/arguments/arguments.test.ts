import { expect, test } from 'vitest'
import { numberUpTo } from '../../../core/cli/arguments/arguments.ts'
import { main } from '../../../core/cli/program.ts'

test('a number within its bounds', () => {
  const parse = numberUpTo(32)
  expect(['0', '7', '32'].map(parse)).toEqual([0, 7, 32])
  for (const text of ['33', '-1', '1.5', 'x', '', '99999999999999999999'])
    expect(() => parse(text)).toThrow('It must be a whole number from 0 to 32.')
})

test('options that cannot be met are refused before anything is looked at', async () => {
  for (const option of [
    ['--interfaces', '99'],
    ['--ssh-port', '99999'],
  ])
    expect(await main(['node', 'antidote', '-C', '/nowhere', 'boot', ...option])).toBe(2)
})
