import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { run, start } from '../../../core/base/process/run.ts'
import { watchingCommands } from '../../../core/base/process/watching.ts'
import { startChild } from '../../support/child.ts'
import { temporary } from '../../support/directory.ts'

test('gives status and output, argument by argument', async () => {
  const result = await run(['printf', '%s|', 'a b', '$HOME', ';\'"', ''])
  expect(result).toEqual({ code: 0, stdout: `a b|$HOME|;'"||`, stderr: '' })
})

test('a failure shows the command, its status and its last lines', async () => {
  await expect(run(['sh', '-c', 'echo out; echo; echo err >&2; exit 3'])).rejects.toMatchObject({
    code: 'COMMAND_FAILED',
    message: '`sh -c echo out; echo; echo err >&2; exit 3` ended with exit status 3.',
    details: { lines: ['out', 'err'] },
  })
  await expect(run(['sh', '-c', 'exit 3'], { title: 'the thing' })).rejects.toThrow(
    '`the thing` ended with exit status 3.',
  )
  await expect(run(['sh', '-c', 'kill -9 $$'])).rejects.toThrow('ended with signal SIGKILL')
})

test('only the last lines of much output are shown', async () => {
  const error = await run(['sh', '-c', 'seq 1 1000; exit 1']).catch((thrown) => thrown)
  expect(error.details.lines).toHaveLength(15)
  expect(error.details.lines.at(-1)).toBe('1000')
})

test('what is thrown for a line ends the command and is thrown on', async () => {
  const thrown = new Error('no such line')
  const told = run(['sh', '-c', 'echo one; exec sleep 60'], {
    onLine: () => {
      throw thrown
    },
  })
  await expect(told).rejects.toBe(thrown)
})

test('a failure can be asked for', async () => {
  expect(await run(['sh', '-c', 'exit 3'], { allowFailure: true })).toMatchObject({ code: 3 })
})

test('a command that is not there is named, also where a failure is asked for', async () => {
  await expect(run(['no-such-command'], { allowFailure: true })).rejects.toMatchObject({
    code: 'COMMAND_MISSING',
    message: 'The command "no-such-command" is not on this machine.',
  })
})

test.each<[string, string | Uint8Array | Readable]>([
  ['a text', 'in\n'],
  ['bytes', Buffer.from('in\n')],
  ['a stream', Readable.from(['i', 'n\n'])],
])('input can be %s', async (_, input) => {
  expect((await run(['cat'], { input })).stdout).toBe('in\n')
})

test('without input there is none to wait for', async () => {
  expect((await run(['cat'])).stdout).toBe('')
})

test('lines come as they are written, of both streams', async () => {
  const lines: string[] = []
  const result = await run(['sh', '-c', 'echo one; echo two >&2; printf three'], {
    onLine: (line) => lines.push(line),
  })
  expect(lines.sort()).toEqual(['one', 'three', 'two'])
  expect(result.stdout).toBe('one\nthree')
})

test('output can go to a file', async () => {
  const file = join(temporary(), 'out')
  expect((await run(['seq', '1', '100000'], { stdoutFile: file })).stdout).toBe('')
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(100_001)
})

test('the environment is ours and more, or its own', async () => {
  vi.stubEnv('ANTIDOTE_TEST', 'outer')
  const script = ['sh', '-c', 'echo "$ANTIDOTE_TEST $OTHER"']
  const PATH = process.env.PATH!
  expect((await run(script)).stdout).toBe('outer \n')
  expect((await run(script, { env: { OTHER: 'x' }, extendEnv: true })).stdout).toBe('outer x\n')
  expect((await run(script, { env: { OTHER: 'x', PATH } })).stdout).toBe(' x\n')
  vi.unstubAllEnvs()
})

test('an abort ends it at once, with the reason; an aborted signal starts nothing', async () => {
  const controller = new AbortController()
  const running = run(['sh', '-c', 'echo ready; exec sleep 60'], {
    signal: controller.signal,
    onLine: () => controller.abort(new Error('called off')),
  })
  await expect(running).rejects.toThrow('called off')
  await expect(run(['true'], { signal: controller.signal })).rejects.toThrow('called off')
})

test('a deadline ends it', async () => {
  await expect(run(['sleep', '60'], { timeout: 1000 })).rejects.toThrow(
    '`sleep 60` ended with no end within 1 s.',
  )
})

describe('much output', () => {
  const MUCH = 'yes 0123456789abcdef | head -c 80000000'

  test('is read to its end, and only the end is kept where that is asked for', async () => {
    let lines = 0
    const { stdout } = await run(['sh', '-c', `${MUCH}; echo; echo last`], {
      endOnly: true,
      onLine: () => lines++,
    })
    expect(lines).toBe(Math.ceil(80_000_000 / 17) + 1)
    expect(stdout.length).toBeLessThan(256 * 1024)
    expect(stdout).toMatch(/\nlast\n$/)
  })

  test('is an error of one sentence where all of it would have to be kept', async () => {
    await expect(run(['sh', '-c', MUCH], { title: 'talker' })).rejects.toMatchObject({
      code: 'COMMAND_OUTPUT',
      message: '`talker` printed more than 64 MiB.',
    })
  })

  test.each([
    ['NULs', 'cat /dev/zero'],
    ['blanks', "tr '\\0' ' ' </dev/zero"],
  ])('of %s without a line end costs no more than its bound', async (_, command) => {
    let longest = 0
    const more = { onLine: (line: string) => (longest = Math.max(longest, line.length)) }
    const failed = run(['sh', '-c', `${command} | head -c 70000000; exit 1`], { endOnly: true, ...more })
    await expect(failed).rejects.toMatchObject({ code: 'COMMAND_FAILED' })
    expect(longest).toBeLessThan(2 << 20)
    await expect(run(['sh', '-c', command], more)).rejects.toMatchObject({ code: 'COMMAND_OUTPUT' })
  })

  test('of a command that was only started is thrown away, but for the end of its complaints', async () => {
    const { exitCode, stderr } = await start(['sh', '-c', `${MUCH}; ${MUCH} >&2; echo why >&2; exit 3`])
    expect(exitCode).toBe(3)
    expect(stderr.length).toBeLessThan(256 * 1024)
    expect(stderr).toMatch(/why\n$/)
  })

  test('takes no memory that grows with it', async () => {
    const child = startChild(new URL('./children/much.ts', import.meta.url), [])
    await child.ended
    // the whole is 300 MB
    expect(Number(/grown (\d+)/.exec(child.output())?.[1])).toBeLessThan(120e6)
  })
})

test('each command is passed on by its title, to who began it', async () => {
  const seen: string[] = []
  const other: string[] = []
  const one = watchingCommands(
    (command) => seen.push(command),
    async () => {
      await run(['true', 'a b'])
      await watchingCommands(
        (command) => other.push(command),
        () => run(['true', 'secret'], { title: 'the thing' }),
      )
    },
  )
  await Promise.all([one, run(['true'])])
  expect(seen).toEqual(['true a b', 'the thing'])
  expect(other).toEqual(['the thing'])
})
