import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { BASE11, capability, device, NetconfServer } from '../machine/netconf/server.ts'
import { TestSsh } from '../machine/ssh-server.ts'
import { antidoteJson } from './cli.ts'
import { temporaryDirectory } from './directory.ts'

// Endpoints are servers of the test: what is looked at is whom a password is told.

const work = temporaryDirectory()
const lesson = join(work, 'lessons', 'strangers')

/** This host by an address that is not said to be its own. */
const ELSEWHERE = '0.0.0.0'
const PASSWORD = 'antidotepassword'

const write = (path: string, content: string) => {
  mkdirSync(dirname(join(lesson, path)), { recursive: true })
  writeFileSync(join(lesson, path), content)
}

write(
  'lesson.meta.yaml',
  `name: Strangers
slug: strangers
endpoints:
  - { name: play, image: router, configurationType: ansible, additionalPorts: [22] }
  - { name: script, image: router, configurationType: python, additionalPorts: [22] }
  - { name: core, image: router, configurationType: napalm, additionalPorts: [22] }
`,
)
const PLAY = (port?: number) => `- hosts: all
  gather_facts: false
  vars:
    ansible_connection: ssh${port === undefined ? '' : `\n    ansible_port: ${port}`}
    ansible_ssh_use_tty: false
    ansible_user: antidote
    ansible_password: "{{ lookup('env', 'ANTIDOTE_TARGET_PASSWORD') }}"
  tasks:
    - ansible.builtin.raw: 'true'
`
const SCRIPT = (port?: number) => `import antidote
with antidote.connect(port=${port ?? 'None'}) as endpoint:
    endpoint.run("true")
`

const servers: { stop(): void }[] = []
const started = <T extends { stop(): void }>(server: T): T => {
  servers.push(server)
  return server
}
const newSsh = async (port = 0) => started(await TestSsh.start('antidote', PASSWORD, [], { port }))
const newNetconf = async (port = 0) =>
  started(await NetconfServer.start(device([BASE11, capability('candidate:1.0')]), port, PASSWORD))

let play: TestSsh
let script: TestSsh
let core: NetconfServer
/** Who waits for a password at another port. */
let stranger: TestSsh

beforeEach(async () => {
  play = await newSsh()
  script = await newSsh()
  core = await newNetconf()
  stranger = await newSsh()
  write('stage0/configs/play.yml', PLAY())
  write('stage0/configs/script.py', SCRIPT())
  write('stage0/configs/core-netconf.xml', '<system><hostname>core</hostname></system>\n')
})
afterEach(() => {
  for (const server of servers.splice(0)) server.stop()
})

interface Row {
  endpoint: string
  result: string
  error?: { code: string; message: string; lines: string[] }
}

const configure = async (host: string, ...more: string[]) => {
  const { endpoints, ...told } = await antidoteJson<{ endpoints: Row[] }>([
    'configure',
    lesson,
    ...['--endpoint', `play=${host}:${play.port}`, '--endpoint', `script=${host}:${script.port}`],
    ...['--endpoint', `core=${host}:${core.port}`, '--forward', `core=${core.port}:830`],
    ...['--retries', '0', '--deadline', '240'],
    ...more,
  ])
  const results = endpoints.map(({ endpoint, result, error }) => [endpoint, error?.code ?? result])
  return { results: Object.fromEntries(results), endpoints, ...told }
}

const passwords = () => [play, script, core, stranger].map((server) => server.passwords.length > 0)
const nobody = [false, false, false, false]
const all = (result: string) => ({ play: result, script: result, core: result })
const listed = () => [play, script].map(({ port, key }) => `[${ELSEWHERE}]:${port} ${key}\n`).join('')

test('endpoints elsewhere get no password from a playbook, a script or NETCONF while nobody knows their keys', async () => {
  const { code, results } = await configure(ELSEWHERE)
  expect([code, results]).toEqual([1, all('HOST_KEY_UNKNOWN')])
  expect(passwords()).toEqual(nobody)
})

test('ports of this host are taken at their first key', async () => {
  const { results, endpoints } = await configure('127.0.0.1')
  expect(endpoints.flatMap(({ error }) => error ?? [])).toEqual([])
  expect(results).toMatchObject({ script: 'unchanged' })
  expect(passwords()).toEqual([true, true, true, false])
})

test('a file of known keys is enough for those in it, and for nobody else', async () => {
  const file = join(work, 'known_hosts')
  writeFileSync(file, listed())
  const { results, endpoints } = await configure(ELSEWHERE, '--known-hosts', file)
  expect(endpoints.filter(({ endpoint }) => endpoint !== 'core').flatMap(({ error }) => error ?? [])).toEqual(
    [],
  )
  expect(results).toMatchObject({ script: 'unchanged', core: 'HOST_KEY_UNKNOWN' })
  expect(passwords()).toEqual([true, true, false, false])
})

test('the first keys of a lesson are kept in a file, and others refused from then on', async () => {
  const file = join(work, 'lesson_hosts')
  onTestFinished(() => rmSync(file, { force: true }))
  const choice = ['--host-keys', 'first-use', '--known-hosts', file]
  const first = await configure(ELSEWHERE, ...choice)
  expect(first.endpoints.flatMap(({ error }) => error ?? [])).toEqual([])
  expect(existsSync(file)).toBe(true)
  expect(readFileSync(file, 'utf8')).toContain(`[${ELSEWHERE}]:${play.port} ${play.key}\n`)
  const ports = [play.port, script.port, core.port] as const
  for (const server of [play, script, core]) server.stop()
  play = await newSsh(ports[0])
  script = await newSsh(ports[1])
  core = await newNetconf(ports[2])
  expect((await configure(ELSEWHERE, ...choice)).results).toEqual(all('HOST_KEY_CHANGED'))
  expect(passwords()).toEqual(nobody)
  const careless = await configure(ELSEWHERE, '--host-keys', 'any')
  expect(careless.endpoints.flatMap(({ error }) => error ?? [])).toEqual([])
})

test('a job of a cluster says by its environment that it has started the endpoint', async () => {
  const job = {
    ...{ ANTIDOTE_LESSON: lesson, ANTIDOTE_STAGE: '0', ANTIDOTE_ENDPOINT: 'script' },
    ...{ ANTIDOTE_TARGET_HOST: ELSEWHERE, ANTIDOTE_TARGET_PORT: String(script.port) },
    ...{ ANTIDOTE_TARGET_USERNAME: 'antidote', ANTIDOTE_TARGET_PASSWORD: PASSWORD },
  }
  const run = (more: Record<string, string> = {}) =>
    antidoteJson<{ endpoints: Row[] }>(['configure'], { env: { ...process.env, ...job, ...more } })
  expect((await run()).endpoints).toMatchObject([{ error: { code: 'HOST_KEY_UNKNOWN' } }])
  expect(script.passwords).toEqual([])
  expect((await run({ ANTIDOTE_HOST_KEYS: 'first-use' })).endpoints).toMatchObject([{ result: 'unchanged' }])
})

test('a playbook and a script that log in elsewhere by themselves are held to the same', async () => {
  const file = join(work, 'own_hosts')
  writeFileSync(file, listed())
  write('stage0/configs/play.yml', PLAY(stranger.port))
  write('stage0/configs/script.py', SCRIPT(stranger.port))
  const { endpoints } = await configure(ELSEWHERE, '--known-hosts', file)
  const said = Object.fromEntries(
    endpoints.map(({ endpoint, error }) => [endpoint, [error?.message, ...(error?.lines ?? [])].join('\n')]),
  )
  expect(said.script).toMatch(/the SSH host key of .* is SHA256:[\w+/]{43}, and nothing says/)
  expect(said.play).toMatch(/Host Key checking is enabled/)
  expect(stranger.passwords).toEqual([])
})
