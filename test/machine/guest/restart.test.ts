import { expect, test, vi } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import { run } from '../../../core/base/process/run.ts'
import { goingDown, survive } from '../../../core/machine/guest/restart.ts'

const broken = () => Promise.reject(errors.sshFailed('the guest', 'the connection was closed'))
const gives = (code: number) => () => Promise.resolve({ code })
const yes = async () => true
const no = async () => false
const watched = (begun: boolean) => ({ begun: vi.fn(async () => begun), end: vi.fn() })

test.each([
  ['it ends well and nothing shuts down', gives(0), no, false, { code: 0 }],
  ['it fails by itself, whatever comes then', gives(3), yes, true, { code: 3 }],
  ['it asked for a restart and ended before that', gives(0), yes, true, undefined],
  ['the restart kills it', gives(143), yes, true, undefined],
  ['the restart breaks the connection', broken, yes, true, undefined],
  ['the restart breaks the question after it', gives(0), broken, true, undefined],
  ['it is killed, and nothing restarts', gives(137), no, false, { code: 137 }],
])('%s', async (_, command, asks, begun, expected) => {
  const watch = watched(begun)
  expect(await survive(watch, command, asks)).toEqual(expected)
  expect(watch.end).toHaveBeenCalledOnce()
})

test('a connection that breaks without a restart is what it is', async () => {
  const watch = watched(false)
  await expect(survive(watch, broken, yes)).rejects.toMatchObject({ code: 'SSH_FAILED' })
  expect(watch.end).toHaveBeenCalledOnce()
})

test('this system, which runs, is not shutting down', async () => {
  expect((await run(goingDown, { allowFailure: true })).code).not.toBe(0)
})
