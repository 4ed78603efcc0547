import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { errors } from '../../../core/base/errors/catalogue.ts'
import { printError } from '../../../core/cli/terminal/print-error.ts'
import { temporary } from '../../support/directory.ts'

const printed = (error: unknown, json = false) => {
  const out = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      out[name] += text
      return true
    })
  }
  try {
    return { code: printError(error, json), ...out }
  } finally {
    vi.restoreAllMocks()
  }
}

test('trail, sentence, place, last lines, what to do and the log, in this order', () => {
  const error = errors.inputMissing('install', 'install.sh', {
    file: join(process.cwd(), 'a/antidote.config.ts'),
    line: 3,
    property: 'install',
  })
  error.trail = ['img', 'motd', 'rootfs', 'write']
  error.details.lines = ['one', 'two']
  error.log = '/var/log/x.log'
  const { code, stdout, stderr } = printed(error)
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr.split('\n')).toEqual([
    'img › motd › rootfs › write',
    'error install names install.sh, which does not exist.',
    '   at a/antidote.config.ts:3 install',
    '    │ one',
    '    │ two',
    '  → Create the file, or remove the setting.',
    '   log /var/log/x.log',
    '',
  ])
})

test('for programs: one document on standard output', () => {
  const { code, stdout, stderr } = printed(errors.commandFailed('false', 'exit status 1', ['x']), true)
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    error: { code: 'COMMAND_FAILED', message: '`false` ended with exit status 1.', trail: [], lines: ['x'] },
  })
  expect(stderr).toContain('`false` ended with exit status 1.')
})

test('an interruption is no error', () => {
  const { code, stderr } = printed(errors.interrupted())
  expect(code).toBe(130)
  expect(stderr).toMatch(/^stopped /)
})

test('a mistake of ours is a sentence, and where in the code it was made is in a log', () => {
  const store = temporary({ 'logs/other.log': '' })
  vi.stubEnv('ANTIDOTE_CACHE_DIR', store)
  const { code, stderr } = printed(new TypeError('oops'))
  vi.unstubAllEnvs()
  expect(code).toBe(1)
  expect(stderr).toContain('error antidote made a mistake: oops.\n')
  expect(stderr).not.toContain('    at ')
  const [, log] = / log (\S+)\n$/.exec(stderr)!
  expect(dirname(log!)).toBe(join(store, 'logs'))
  expect(readFileSync(log!, 'utf8')).toMatch(/TypeError: oops\n +at /)
  expect(statSync(log!).mode & 0o777).toBe(0o600)
})

test('an error of the system names the path, and has no stack', () => {
  const directory = temporary()
  const missing = join(directory, 'not', 'there')
  const thrown = (() => {
    try {
      readFileSync(missing)
    } catch (error) {
      return error
    }
  })()
  expect(printed(thrown).stderr).toBe(
    `error ${missing} does not exist.\n  → Create it, or name another path.\n`,
  )
})

test('what others put into an error cannot reach the terminal', () => {
  const error = errors.commandFailed('tar \u001b]0;title\u0007x', 'exit status 1', [
    '\u001b[2J\u009bgone\u202e',
  ])
  error.trail = ['img\u001b[H']
  error.details.place = { file: join(process.cwd(), 'a\u001bcb') }
  expect(printed(error).stderr).toBe(
    ['img', 'error `tar x` ended with exit status 1.', '   at ab', '    │ one<U+202E>', ''].join('\n'),
  )
})
