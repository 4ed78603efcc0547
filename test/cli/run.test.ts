import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { onTmpfs, powerless } from '../support/child.ts'
import { temporary } from '../support/directory.ts'

const BIN = fileURLToPath(new URL('../../core/cli/bin.ts', import.meta.url))
const TSX = import.meta.resolve('tsx')

const CONFIG = `import { debian } from 'antidote/plugins'
export default { name: 'lab', use: [debian()] }
`

const start = (args: readonly string[], options: SpawnOptions = {}, wrapper: readonly string[] = []) => {
  const [file, ...words] = [...wrapper, process.execPath, '--import', TSX, BIN, ...args]
  const env = { ...process.env, ANTIDOTE_CACHE_DIR: join(temporary(), 'store') }
  return spawn(file!, words, { stdio: ['ignore', 'pipe', 'pipe'], env, ...options })
}

/** The command line in a process of its own, run to its end. */
const antidote = async (...parameters: Parameters<typeof start>) => {
  const child = start(...parameters)
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, ...text }
}

describe('an output that nobody reads', () => {
  test.each(['stdout', 'stderr'] as const)(
    '%s: ends quietly, as a closed pipe ends other tools',
    async (name) => {
      const directory = temporary(name === 'stdout' ? { 'antidote.config.ts': CONFIG } : {})
      const child = start(['-C', directory, 'plan'])
      child[name]!.destroy()
      let other = ''
      child[name === 'stdout' ? 'stderr' : 'stdout']!.on('data', (chunk) => {
        other += chunk
      })
      const [status] = await once(child, 'close')
      expect(other).toBe('')
      expect(status).toBe(141)
    },
  )

  test('a full disk behind it: one sentence', async () => {
    const full = openSync('/dev/full', 'w')
    const { status, stderr } = await antidote(['--help'], { stdio: ['ignore', full, 'pipe'] })
    expect(stderr).toMatch(/^error Standard output cannot be written: no space left on device\.\n/)
    expect(stderr).not.toMatch(/^ +at /m)
    expect(status).toBe(1)
  })
})

test('a file that takes a part of the output is a full disk, too', async () => {
  const directory = temporary()
  const into = ['sh', '-c', 'exec "$@" >"$0"', join(directory, 'file')]
  const wrapper = [...onTmpfs(directory, 'size=4k'), ...into]
  const { status, stderr } = await antidote(['completion', 'bash'], {}, wrapper)
  expect(stderr).toMatch(/^error Standard output cannot be written: no space left on device\.\n/)
  expect(status).toBe(1)
})

describe('what a person can cause is one sentence', () => {
  test('a file that may not be read', async () => {
    const directory = temporary({
      'antidote.config.ts': CONFIG.replace("'lab'", "'lab', install: 'install.sh'"),
      'install.sh!': '',
    })
    chmodSync(join(directory, 'install.sh'), 0o111)
    const { status, stderr } = await antidote(['-C', directory, 'plan'], {}, powerless)
    expect(stderr).toContain(`error ${directory}/install.sh cannot be read: you have no permission.`)
    expect(stderr).not.toContain('    at ')
    expect(status).toBe(2)
  })
})

describe('--json has its document for what is wrong with the command line', () => {
  test.each([
    [['--json'], 'The command line has no verb.', 'Run `antidote --help`.'],
    [['--json', 'biuld'], "Unknown command 'biuld'. Did you mean build?", 'Run `antidote --help`.'],
    [['build', '--json', '--nope'], "Unknown option '--nope'.", 'Run `antidote build --help`.'],
    [
      ['boot', '--ssh-port', 'x', '--json'],
      "Option '--ssh-port <port>' argument 'x' is invalid. It must be a whole number from 1 to 65535.",
      'Run `antidote boot --help`.',
    ],
    [
      ['hydrate', '--json', 'x'],
      "Required option '--disk <file>' not specified.",
      'Run `antidote hydrate --help`.',
    ],
  ])('%j', async (args, message, hint) => {
    const { status, stdout } = await antidote(args)
    expect(JSON.parse(stdout)).toEqual({ error: { code: 'USAGE', message, trail: [], hint, lines: [] } })
    expect(status).toBe(2)
  })

  test('a --json after the command of a machine is the command’s', async () => {
    const { stdout } = await antidote(['boot', '--nope', '--', 'ls', '--json'])
    expect(stdout).toBe('')
  })
})
