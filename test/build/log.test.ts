import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AntidoteError } from '../../core/base/errors/error.ts'
import { BuildLog } from '../../core/build/log.ts'
import { temporary } from '../support/directory.ts'

test('the log of a run that failed ends with its error, without what is masked', async () => {
  const directory = temporary()
  mkdirSync(join(directory, 'logs'))
  const log = new BuildLog(directory, 'box')
  log.line('kernel', 'compiles')
  log.fail(
    new AntidoteError('LOGIN_REFUSED', 'The password open-sesame is not taken.'),
    new Set(['open-sesame']),
  )
  await log.close()
  const lines = readFileSync(log.path, 'utf8').trimEnd().split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatch(/^\S+ LOGIN_REFUSED: The password •••• is not taken\.$/)
})

test('where it cannot be written, an error names no log but one that is there', async () => {
  const directory = temporary({ 'console.log': '' })
  const fail = (path: string) => {
    const error = new AntidoteError('QEMU_FAILED', 'It ended.')
    error.log = join(directory, path)
    return new BuildLog(join(directory, 'gone'), 'box').fail(error).log
  }
  expect(fail('console.log')).toBe(join(directory, 'console.log'))
  expect(fail('of-a-step.log')).toBeUndefined()
})
