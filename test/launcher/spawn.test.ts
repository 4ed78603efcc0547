import { expect, test } from 'vitest'
import { direct } from '../../core/launcher/spawn.ts'

test('gives what a command printed, and feeds it', async () => {
  const result = await direct.run(['sh', '-c', 'cat; echo err >&2'], { input: 'in' })
  expect(result).toEqual({ code: 0, stdout: 'in', stderr: 'err\n' })
})

test('a failure has the command, its status and its last lines', async () => {
  await expect(direct.run(['sh', '-c', 'echo why >&2; exit 3'])).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: expect.stringContaining('exit status 3'),
    details: { lines: ['why'] },
  })
  expect((await direct.run(['sh', '-c', 'exit 3'], { allowFailure: true })).code).toBe(3)
})

test('a missing command is named', async () => {
  await expect(direct.run(['no-such-command'])).rejects.toMatchObject({
    code: 'COMMAND_MISSING',
    message: expect.stringContaining('no-such-command'),
  })
})

test('an abort ends the command', async () => {
  const stop = new AbortController()
  const running = direct.run(['sleep', '60'], { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
})

test('a started command is the caller’s: its streams, its end, its signal', async () => {
  const child = direct.start(['sh', '-c', 'read word; echo "$word" >&2; exec sleep 60'])
  child.stdin!.write('hello\n')
  await new Promise((resolve) => child.stderr!.once('data', resolve))
  expect(child.kill('SIGTERM')).toBe(true)
  expect(await child).toMatchObject({ exitCode: undefined, signal: 'SIGTERM', stderr: 'hello\n' })
})

test('a started command that is missing settles', async () => {
  const end = await direct.start(['no-such-command'])
  expect(end.exitCode).toBeUndefined()
})

test('adds to the environment, or replaces it', async () => {
  const print = ['/bin/sh', '-c', 'echo "$A:$HOME"']
  const added = await direct.run(print, { env: { A: '1' }, extendEnv: true })
  expect(added.stdout).toBe(`1:${process.env.HOME}\n`)
  expect((await direct.run(print, { env: { A: '2' } })).stdout).toBe('2:\n')
})
