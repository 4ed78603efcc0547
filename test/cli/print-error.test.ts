import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { printError } from '../../core/cli/print-error.ts'
import { errors } from '../../core/errors/catalogue.ts'

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

test('what we did not foresee shows its stack', () => {
  const { code, stdout, stderr } = printed(new TypeError('oops'), true)
  expect(code).toBe(1)
  expect(stderr).toMatch(/TypeError: oops\n +at /)
  expect(JSON.parse(stdout)).toEqual({ error: { code: 'INTERNAL', message: 'oops' } })
})
