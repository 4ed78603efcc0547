import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BuildLog } from '../../core/build/log.ts'
import { listLogs } from '../../core/store/logs.ts'
import { temporary } from '../support/directory.ts'

test('logs are listed the newest first, by image and time', async () => {
  const store = temporary({
    'logs/leaf-router-2026-11-30T06-09-54-443Z-29864.log': 'abc',
    'logs/box-2026-11-30T06-10-00-000Z-1.log': '',
    'logs/antidote-error-0123.log': 'x',
  })
  utimesSync(join(store, 'logs/antidote-error-0123.log'), 0, 0)
  expect((await listLogs(store)).map(({ name, time, bytes }) => [name, time, bytes])).toEqual([
    ['box', '2026-11-30T06:10:00.000Z', 0],
    ['leaf-router', '2026-11-30T06:09:54.443Z', 3],
    ['antidote', '1970-01-01T00:00:00.000Z', 1],
  ])
  expect(await listLogs(join(store, 'none'))).toEqual([])
})

test('the log that a run writes is among them', async () => {
  const store = temporary({ 'logs/.keep': '' })
  const log = new BuildLog(store, 'some-image')
  log.line('x', 'y')
  await log.close()
  expect((await listLogs(store)).find(({ name }) => name === 'some-image')?.file).toBe(log.path)
})
