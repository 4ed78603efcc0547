import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { filesBelow } from '../../../core/base/files/below.ts'
import { temporary } from '../../support/directory.ts'

test('files below a directory are named by their paths in it, those that links lead to as well', () => {
  const directory = temporary({ 'top/a/one': '', 'top/two': '', 'top/a/empty/x': '' })
  symlinkSync('a', join(directory, 'top/b'))
  expect(filesBelow(join(directory, 'top'))).toEqual(['a/empty/x', 'a/one', 'b/empty/x', 'b/one', 'two'])
})

test('a few links that lead to any number of files are refused: each would be looked at', () => {
  const directory = temporary()
  // 2 to the power of 24 ways to the last
  for (let depth = 0; depth < 24; depth++) {
    mkdirSync(join(directory, `d${depth}`))
    for (const name of ['x', 'y']) symlinkSync(`../d${depth + 1}`, join(directory, `d${depth}`, name))
  }
  mkdirSync(join(directory, 'd24'))
  expect(() => filesBelow(join(directory, 'd0'), directory)).toThrow(
    `${directory}/d0 cannot be read: more than 20000 files are below it.`,
  )
})
