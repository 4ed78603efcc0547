import { existsSync, mkdtempSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { must } from '../e2e/cli.ts'
import { type BareMachine, startBareMachine, USER } from './machine.ts'
import { readmeBlocks } from './readme.ts'
import type { Suite } from './tree.ts'

/** Stores that a machine has filled, for those after it: by whose they are. */
const stores = mkdtempSync(join(tmpdir(), 'antidote-bare-stores-'))
afterAll(() => must(['rm', '-rf', stores]))

const homeOf = (user: string) => (user === 'root' ? '/root' : `/home/${user}`)

/** Moves the store of one machine to another; owners are the same in each. */
const keepStore = async (machine: BareMachine, user: string) => {
  await must(['rm', '-rf', join(stores, user)])
  await must(['mv', join(machine.root, homeOf(user), '.cache/antidote'), join(stores, user)])
}
const takeStore = async (machine: BareMachine, user: string) => {
  if (!existsSync(join(stores, user))) return
  await machine.must('mkdir -p ~/.cache', { user })
  await must([
    'cp',
    '-a',
    '--reflink=auto',
    join(stores, user),
    join(machine.root, homeOf(user), '.cache/antidote'),
  ])
}

/** Logs in to the endpoint as the README and the output of `make docker` say, and gives what a command prints. */
const logIn = async (machine: BareMachine, output: string): Promise<string> => {
  const password = /the password is (\S+)/.exec(output)?.[1]
  const port = /ssh -p (\d+) antidote@127\.0\.0\.1/.exec(output)?.[1]
  if (!password || !port) throw new Error(`the login is not said in:\n${output}`)
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR']
  const ssh = [
    'ssh',
    '-p',
    port,
    ...options.flatMap((option) => ['-o', option]),
    'antidote@127.0.0.1',
    'hostname',
  ]
  let said = ''
  await expect
    .poll(
      async () => {
        const { code, stdout } = await machine.onNetwork(['sshpass', '-e', ...ssh], { SSHPASS: password })
        said = stdout
        return code
      },
      { timeout: 180_000, interval: 2_000 },
    )
    .toBe(0)
  return said.trim()
}

interface Scenario {
  what: string
  suite: Suite
  user: string
  /** Nothing of an earlier machine is taken over. */
  empty?: boolean
  /** The engine that answers, or that `make docker` brings: podman if left out. */
  engine?: 'docker'
  /** What else this machine has. */
  prepare?: (machine: BareMachine) => Promise<unknown>
  environment?: Record<string, string>
  /** A line that the shell of the user runs first. */
  login?: string
}

const SCENARIOS: Scenario[] = [
  { what: 'Debian 13, root, no engine, nothing built before', suite: 'trixie', user: 'root', empty: true },
  {
    what: 'Debian 13, an ordinary user, umask 077, a German locale, nothing built before',
    suite: 'trixie',
    user: USER,
    empty: true,
    prepare: (machine) => machine.must('localedef -i de_DE -f UTF-8 de_DE.UTF-8'),
    environment: { LANG: 'de_DE.UTF-8' },
    login: 'umask 077',
  },
  {
    what: 'Debian 13, root, docker',
    suite: 'trixie',
    user: 'root',
    engine: 'docker',
    prepare: async (machine) => {
      await machine.must(
        'apt-get update -q && apt-get install -y -q --no-install-recommends docker.io docker-cli',
      )
      await machine.must('setsid dockerd </dev/null >/var/log/dockerd.log 2>&1 &')
      await machine.must('timeout 60 sh -c "until docker version; do sleep 1; done"')
    },
  },
  {
    what: 'Debian 12 with a newer Node.js, root, a docker client without a daemon',
    suite: 'bookworm',
    user: 'root',
    prepare: async (machine) => {
      await machine.must('apt-get update -q && apt-get install -y -q --no-install-recommends docker.io')
      await giveNode(machine)
    },
  },
  {
    what: 'Debian 12 with a newer Node.js, an ordinary user, no engine',
    suite: 'bookworm',
    user: USER,
    prepare: giveNode,
  },
]

/** The Node.js that runs these tests, as somebody installs a newer one by hand. */
async function giveNode(machine: BareMachine): Promise<void> {
  const modules = (await must(['npm', 'root', '--global'])).trim()
  const at = join(machine.root, 'usr/local')
  await must(['cp', process.execPath, join(at, 'bin/node')])
  await must(['mkdir', '-p', join(at, 'lib/node_modules')])
  await must(['cp', '-a', join(modules, 'npm'), join(at, 'lib/node_modules/npm')])
  for (const name of ['npm', 'npx'])
    await must(['ln', '-s', `../lib/node_modules/npm/bin/${name}-cli.js`, join(at, 'bin', name)])
  // Debian's Node.js trusts what the machine trusts, this one only what it brings
  await must(['mkdir', '-p', join(at, 'etc')])
  await writeFile(join(at, 'etc/npmrc'), 'cafile=/etc/ssl/certs/ca-certificates.crt\n')
}

describe.each(SCENARIOS)(
  '$what',
  ({ suite, user, empty, engine = 'podman', prepare, environment = {}, login = ':' }) => {
    let machine: BareMachine
    const lines = (block: string) => `set -e; ${login}; cd antidote\n${block}`
    const settings = { user, env: environment }

    beforeAll(async () => {
      machine = await startBareMachine(suite)
      await prepare?.(machine)
      await machine.must(`${login}; git clone --quiet /antidote.git antidote`, settings)
      if (!empty) await takeStore(machine, user)
    })
    afterAll(() => machine?.stop())

    test('the two commands of the README end with an image that runs, and its login works', async () => {
      const [build] = readmeBlocks('Two commands')
      const [run] = readmeBlocks('Run it')
      const output = await machine.must(lines(build!), settings)
      expect(output).toContain(`loaded into ${engine}: antidotelabs/utility:latest`)
      const [, command = ''] = /^ {2}((?:podman|docker) run .*)$/m.exec(output) ?? []
      // the README has it for podman, which `make docker` brings
      expect(run!.replaceAll('podman', engine)).toContain(command)
      await machine.must(lines(command), settings)
      expect(await logIn(machine, output)).toBe('utility')
      await machine.must(`${engine} stop --time 60 utility`, settings)
      const status = await machine.must(`${engine} inspect --format '{{.State.ExitCode}}' utility`, settings)
      expect(status).toBe('0\n')
      await keepStore(machine, user)
    })

    // the README says as whom
    test.runIf(user === 'root')(
      'what the tests run beside is installed by their command, and the unit tests pass',
      async () => {
        const [, tests] = readmeBlocks('Two commands')
        expect(tests!.trim()).toBe('make test')
        await machine.must(lines('make test-host unit'), settings)
      },
    )
  },
)
