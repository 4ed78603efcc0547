import { expect, test } from 'vitest'
import { splitWords } from '../../../core/launcher/container/words.ts'

test.for([
  ['', []],
  ['  -d  guest_errors ', ['-d', 'guest_errors']],
  [`-device 'a b' "c d"`, ['-device', 'a b', 'c d']],
  [`x'y z'w`, ['xy zw']],
  [`"" ''`, ['', '']],
  [String.raw`a\ b "c\"d" 'e\f'`, ['a b', 'c"d', String.raw`e\f`]],
] as const)('%s', ([line, words]) => {
  expect(splitWords(line)).toEqual(words)
})

test.for(["'", '"a', 'a "b\\"', 'x\\'])('%s is not closed', (line) => {
  expect(splitWords(line)).toBeUndefined()
})
