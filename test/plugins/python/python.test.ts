import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Endpoint, reveal, type Secret, type Step, type ToolOptions, tasks } from 'antidote'
import { type PythonOptions, python } from 'antidote/plugins'
import { describe, expect, test } from 'vitest'
import { run } from '../../../core/base/process/run.ts'
import { TrustedKeys } from '../../../core/machine/host-keys/trusted.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { temporary } from '../../support/directory.ts'
import { refusal } from '../../support/refusal.ts'

type Fn = (endpoint: Endpoint, step: Step) => Promise<void>

interface Tap {
  fn: Fn
  name: string
  needs: Record<string, { inputs: { packages: string[] } }>
  configures?: (named: unknown) => boolean
}

const tapsOf = (options?: PythonOptions): Tap[] => {
  const taps: Tap[] = []
  const configure = { tap: (tap: Omit<Tap, 'fn'>, fn: Fn) => taps.push({ ...tap, fn }) }
  python(options).apply({ configure } as never, { name: 'x' } as never)
  return taps
}

/** Runs a script for an endpoint, with this host's Python instead of the tool set's. */
const runScript = async (content: string) => {
  const directory = temporary({ 'configs/leaf.py': content })
  const said = {
    asked: [] as ToolOptions[],
    argv: [] as string[],
    told: [] as string[],
    masked: [] as string[],
  }
  const step = {
    work: temporary(),
    directory,
    log: { info: () => {} },
    mask: (value: string | Secret) => void said.masked.push(reveal(value)),
    run: (argv: string[], options: ToolOptions) => {
      said.argv.push(...argv)
      said.asked.push(options)
      const { env = {}, input, cwd, allowFailure } = options
      const path = { PATH: process.env.PATH! }
      return run(argv, { env: { ...env, ...path }, input, cwd, allowFailure } as never)
    },
  }
  const endpoint = {
    spec: specOf({ login: { user: 'ada', password: 'lovelace' }, ports: [{ port: 80, protocol: 'tcp' }] }),
    at: (port: number) => ({ host: '127.0.0.1', port: port + 8000, hostKeys: new TrustedKeys() }),
    configuration: { type: 'python', file: join(directory, 'configs/leaf.py') },
    tell: (effect: string) => void said.told.push(effect),
  }
  const [tap] = tapsOf()
  const error = await tap!.fn(endpoint as never, step as never).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return { ...said, error, directory }
}

test('a script has the environment of the platform, and no process list its password', async () => {
  const wanted = `import os, sys
names = [f"ANTIDOTE_TARGET_{n}" for n in ("HOST", "USERNAME", "PASSWORD", "PORT", "PORT_830", "PORT_80")]
open("seen", "w").write(" ".join(os.environ[n] for n in names) + " " + sys.stdin.read())
`
  const { argv, asked, error, directory, masked, told } = await runScript(wanted)
  expect(error).toBeUndefined()
  expect(readFileSync(join(directory, 'configs/seen'), 'utf8')).toBe('127.0.0.1 ada lovelace 8022 8830 8080 ')
  expect(JSON.stringify([argv, asked[0]!.env])).not.toContain('lovelace')
  expect(masked).toEqual(['lovelace'])
  expect(told).toEqual(['done'])
  expect(asked[0]).toMatchObject({ tools: 'tools', network: true })
  expect(Object.values(asked[0]!.views!)).toContain(tasks.scripts)
  expect(asked[0]!.env).toMatchObject({ ANTIDOTE_UNKNOWN_HOSTS: 'keep', ANSIBLE_HOST_KEY_CHECKING: 'True' })
  expect(asked[0]!.views).toHaveProperty(['/root/.ssh'])
})

test.for([
  ['', 'unchanged'],
  ['changed hostname a\\n', 'changed'],
])('the module tells of %j: %s', async ([line, effect]) => {
  const { told } = await runScript(`import os; open(os.environ["ANTIDOTE_CHANGES"], "a").write("${line}")\n`)
  expect(told).toEqual([effect])
})

describe('a script that fails', () => {
  test.for<[string, string, boolean]>([
    ['1 +', 'leaf.py ended with exit status 1: SyntaxError: invalid syntax.', false],
    ['raise SystemExit("no licence")', 'leaf.py ended with exit status 1: no licence.', false],
    ['raise SystemExit(75)', 'leaf.py ended with exit status 75.', true],
    ['raise ConnectionRefusedError(111, "refused")', 'ConnectionRefusedError: [Errno 111] refused', true],
    ['import socket; socket.getaddrinfo("none.invalid", 1)', 'gaierror', true],
    ['raise TimeoutError("slow")', 'TimeoutError: slow', true],
    ['raise ValueError("x")', 'ValueError: x', false],
  ])('%s', async ([script, message, passing]) => {
    const { error } = await runScript(`${script}\n`)
    expect(error).toMatchObject({ code: 'PYTHON_FAILED', details: { passing } })
    expect(String(error)).toContain(message)
  })
})

test('it acts on what a lesson names for it, and on a script of the image', () => {
  const [lesson] = tapsOf()
  expect([undefined, { type: 'ansible' }, { type: 'python' }].map((one) => lesson!.configures!(one))).toEqual(
    [false, false, true],
  )
  const [own] = tapsOf({ script: 'a.py', packages: ['python3-lxml'] })
  expect(own).toMatchObject({ name: 'script', files: ['a.py'] })
  expect(own!.needs.tools!.inputs.packages).toEqual(
    expect.arrayContaining(['python3-lxml', 'python3-paramiko']),
  )
  expect(dirname(tasks.scripts)).toContain('antidote')
})

test.for<[PythonOptions, string]>([
  [{ scripts: 'a' } as never, 'Did you mean "script"?'],
  [{ packages: ['a b'] }, '"a b" is not the name of a Debian package'],
])('%j is a mistake', ([options, message]) => {
  expect(refusal(() => python(options))).toContain(message)
})

test('a FIFO where a script tells what it changed is named at once, and not waited for', async () => {
  const { error } = await runScript('import os\nos.mkfifo(os.environ["ANTIDOTE_CHANGES"])\n')
  expect(error).toMatchObject({ code: 'FILE_UNREADABLE', message: expect.stringContaining('it is a FIFO') })
})
