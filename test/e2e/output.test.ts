import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { storeDirectory } from '../../core/store/read.ts'
import { antidote, antidoteJson, CLI, command, imageDirectory } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

const work = temporaryDirectory()

/** The first line of an error, which has no stack after it. */
const sentence = (stderr: string): string => {
  expect(stderr).not.toMatch(/^ +at /m)
  return stderr.split('\n')[0]!
}

test('a working directory that was removed is one sentence, whatever the verb', async () => {
  for (const verb of ['plan', 'build', 'doctor', 'clean']) {
    const gone = join(work, `gone-${verb}`)
    mkdirSync(gone)
    const argv = [
      'sh',
      '-c',
      'cd "$1" && rmdir "$1" && shift && exec "$@"',
      'sh',
      gone,
      process.execPath,
      CLI,
      verb,
    ]
    const { code, stderr } = await command(argv)
    expect(sentence(stderr)).toBe('error The working directory was removed.')
    expect(code).toBe(2)
  }
})

test('too few files that may be open are one sentence', async () => {
  const { code, stderr } = await command([
    'sh',
    '-c',
    'ulimit -n 24; exec "$@"',
    'sh',
    process.execPath,
    CLI,
    'doctor',
  ])
  expect(sentence(stderr)).toMatch(/too many open files|limit of open files/i)
  expect(code).toBe(1)
})

test('a mistake of ours is one sentence, and the log has the place in the code', async () => {
  const store = join(work, 'store')
  mkdirSync(join(store, 'logs'), { recursive: true })
  const broken = 'data:text/javascript,JSON.stringify=()=>{throw(new(TypeError)(`oops`))}'
  const env = { ...process.env, ANTIDOTE_CACHE_DIR: store, NODE_OPTIONS: `--import=${broken}` }
  const { code, stderr } = await antidote(['doctor', '--json'], { env })
  expect(sentence(stderr)).toBe('error antidote made a mistake: oops.')
  const [, log] = /log (\S+)$/m.exec(stderr)!
  expect(readFileSync(log!, 'utf8')).toMatch(/TypeError: oops\n +at /)
  expect(code).toBe(1)
})

const HOSTILE = `#!/bin/sh
printf '\\033]0;title\\007\\033]52;c;aGFja2Vk\\007\\033[2J\\033[Hclear\\n'
printf '\\302\\2332Jcontrol \\342\\200\\256reordered\\n'
printf '10%%\\r50%%\\r100%%\\n' >&2
exit "$(cat /etc/status 2>/dev/null || echo 0)"
`

const hostile = imageDirectory(work, 'hostile', "use: [debian()], install: 'install.sh'", {
  'install.sh': HOSTILE,
})

test('in a pipe build prints the path alone', async () => {
  const { code, stdout, stderr } = await antidote(['-C', hostile, 'build', '--until', 'provision'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\/[^\n]+\n$/)
  expect(existsSync(stdout.trim())).toBe(true)
  expect(stderr).toMatch(/^hostile: a tree of \d+/m)
})

test('what a script prints reaches neither the terminal nor the reader of the log', async () => {
  const failing = imageDirectory(work, 'failing', "use: [debian()], install: 'install.sh'", {
    'install.sh': HOSTILE.replace('echo 0', 'echo 3'),
  })
  const { code, stderr } = await antidote(['-C', failing, 'build', '--until', 'provision'])
  expect(code).toBe(1)
  expect(stderr).toContain('│ clear\n')
  expect(stderr).toContain('│ control <U+202E>reordered\n')
  expect(stderr).toContain('│ 100%\n')
  const log = readFileSync(/log (\S+)$/m.exec(stderr)![1]!, 'utf8')
  expect(log).toContain('10%\\r50%\\r100%')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  for (const text of [stderr, log]) expect(text).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
})

test('the store is open to its owner alone, whatever builds have put into it', () => {
  expect(statSync(storeDirectory()).mode & 0o777).toBe(0o700)
})

test('--verbose shows the commands and what they print, without secrets', async () => {
  // a script that no earlier run has left the result of: what is not run prints nothing
  const script = `#!/bin/sh\n# ${process.pid} ${Date.now()}\necho the word is open-sesame-77\n`
  const spoken = imageDirectory(
    work,
    'spoken',
    "use: [debian({ password: secret('open-sesame-77') })], install: 'install.sh'",
    { 'install.sh': script },
  )
  const { code, stdout, stderr } = await antidote([
    '-C',
    spoken,
    'build',
    '--verbose',
    '--until',
    'provision',
  ])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^\/[^\n]+\n$/)
  expect(stderr).toMatch(/^ {2}│ \$ .*install\.sh/m)
  expect(stderr).toMatch(/^ {2}│ the word is ••••$/m)
  expect(stderr).not.toContain('open-sesame-77')
})

test('shell with --json prints one document, whatever the command does', async () => {
  const shell = (...args: string[]) => antidoteJson(['-C', hostile, 'shell', ...args])
  expect(await shell('provision', '--', 'sh', '-c', 'echo text; exit 7')).toEqual({
    code: 7,
    image: 'hostile',
    stage: 'provision',
    status: 7,
  })
  expect(await shell('qcow2')).toMatchObject({ code: 2, error: { code: 'NO_TREE' } })
  expect(await shell('provision')).toMatchObject({ code: 2, error: { code: 'OPTIONS_CONTRADICT' } })
})
