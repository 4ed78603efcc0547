import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRegular } from '../../../core/base/files/regular.ts'
import { temporary } from '../../support/directory.ts'

test('what no file can be called, and what is too large to be read, is an error that names it', () => {
  const directory = temporary({ large: '' })
  truncateSync(join(directory, 'large'), 5 * 1024 ** 3)
  expect(() => readRegular(join(directory, 'large'))).toThrow('it has more than 2 GiB.')
  for (const inside of [undefined, directory]) {
    expect(() => readRegular(`${directory}/a\0b`, inside)).toThrow('its name has a NUL in it.')
    expect(() => readRegular(join(directory, 'x'.repeat(300)), inside)).toThrow('its name is too long.')
  }
})
