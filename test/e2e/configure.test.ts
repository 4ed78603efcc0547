import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { specify, withMachine } from '../../core/build/boot.ts'
import { withBuild } from '../../core/cli/session/with-build.ts'
import { openNetconf, xml } from '../../core/index.ts'
import { storeDirectory } from '../../core/store/read.ts'
import { antidoteJson, CLI, imageDirectory, launch } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { documented } from './documented.ts'
import { freePort } from './free-port.ts'
import { ssh } from './ssh.ts'

const ENDPOINTS = ['leaf', 'spine', 'core'] as const
type Name = (typeof ENDPOINTS)[number]

const work = temporaryDirectory()
const lesson = join(work, 'lessons', 'ring')
const ports = {} as Record<Name, { ssh: number; netconf: number }>
const began = Date.now()
let switchOff = () => {}
let off: Promise<unknown>

interface Row {
  endpoint: string
  way: string
  result: string
  error?: { code: string; message: string; lines: string[] }
}

const write = (path: string, content: string) => {
  mkdirSync(dirname(join(lesson, path)), { recursive: true })
  writeFileSync(join(lesson, path), content)
}

/** Where the endpoints are, as the command line takes it. */
const addresses = () =>
  ENDPOINTS.flatMap((name) => [
    ...['--endpoint', `${name}=127.0.0.1:${ports[name].ssh}`],
    ...['--forward', `${name}=${ports[name].netconf}:830`],
  ])

const configure = (stage: number, ...more: string[]) =>
  antidoteJson<{ failed: number; endpoints: Row[] }>([
    'configure',
    lesson,
    ...['--stage', String(stage)],
    ...addresses(),
    ...more,
  ])

/** Each endpoint with its result, and its error where there is one. */
const results = ({ endpoints }: { endpoints: Row[] }) =>
  Object.fromEntries(endpoints.map(({ endpoint, result, error }) => [endpoint, error?.code ?? result]))

/** What a script prints on an endpoint, as its user. */
const on = async (name: Name, script: string): Promise<string> => {
  const { code, stdout, stderr } = await ssh(ports[name].ssh, script)
  if (code !== 0) throw new Error(`${script} on ${name}: ${stderr}`)
  return stdout.trim()
}

/** The addresses of an interface, those that it made for itself apart. */
const addressesOf = (name: Name, card: string) =>
  on(
    name,
    `ip -o address show dev ${card} scope global | sed 's/.*inet6* \\([^ ]*\\) .*/\\1/' | sort | tr '\\n' ' '`,
  )

/** What NETCONF shows of an endpoint's interfaces. */
const interfacesOf = async (name: Name) => {
  const session = await openNetconf({
    ...{ host: '127.0.0.1', port: ports[name].netconf, username: 'antidote', password: 'antidotepassword' },
  })
  const filter = { subtree: xml`<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"/>` }
  const { data } = await session.getConfig('running', filter)
  await session.close()
  return data
}

const examples = documented('guide/configure.md')

/** The same for another stage: other addresses, and one file says something else. */
const later = (content: string): string =>
  content
    .replaceAll(/\b10\.([13])\.0\./g, '10.2$1.0.')
    .replaceAll(/2001:db8:([13]):/g, '2001:db8:2$1:')
    .replace('The spine.', 'The spine, later.')
    .replace('to the spine', 'to nobody')

beforeAll(async () => {
  for (const [path, content] of Object.entries(examples)) {
    if (path.startsWith('images/')) {
      const file = join(work, 'built', path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
      continue
    }
    if (path.endsWith('.ts')) continue
    write(path, content)
    write(path.replace('stage0', 'stage1'), later(content))
  }
  write(
    '../../images/router/image.meta.yaml',
    'slug: router\nsshUser: antidote\nsshPassword: antidotepassword\n',
  )
  const image = join(work, 'built/images/router')
  const stopped = new Promise<void>((resolve) => {
    switchOff = resolve
  })
  await new Promise<void>((running, failed) => {
    off = withBuild({ json: true, directory: image }, 'boot', async ({ build }) => {
      const { disk, spec } = await specify(build)
      const machines = ENDPOINTS.map((name) => {
        let answers = () => {}
        const ready = new Promise<void>((resolve) => {
          answers = resolve
        })
        const end = withMachine(build, disk, spec, { changes: 'overlay' }, async ({ ssh, forwards }) => {
          ports[name] = { ssh: ssh.port, netconf: forwards.find(({ port }) => port === 830)!.hostPort }
          answers()
          await stopped
        })
        return { ready, end }
      })
      const all = Promise.all(machines.map(({ end }) => end))
      await Promise.race([all, Promise.all(machines.map(({ ready }) => ready))])
      running()
      await all
    })
    off.catch(failed)
  })
})

afterAll(async () => {
  switchOff()
  await off
})

test('three endpoints are configured in three ways at once', async () => {
  const done = await configure(0)
  expect(results(done)).toEqual({ leaf: 'changed', spine: 'changed', core: 'changed' })
  expect(done).toMatchObject({ code: 0, failed: 0 })
  expect(done.endpoints.map(({ way }) => way)).toEqual(['ansible', 'python', 'netconf'])
  for (const name of ENDPOINTS) expect(await on(name, 'hostname; cat /etc/hostname')).toBe(`${name}\n${name}`)
  expect(await addressesOf('leaf', 'eth1')).toBe('10.1.0.2/24 2001:db8:1::2/64')
  expect(await addressesOf('spine', 'eth1')).toBe('10.1.0.1/24 2001:db8:1::1/64')
  expect(await addressesOf('core', 'eth1')).toBe('10.3.0.1/24 2001:db8:3::1/64')
  expect(await on('core', 'sudo stat -c "%a %U %G" /etc/issue.net')).toBe('640 antidote root')
  expect(await on('spine', 'cat /etc/issue.net; id -nG ada')).toBe('The spine.\nada sudo')
  expect((await ssh(ports.spine.ssh, 'true', 'lovelace', 'ada')).code).toBe(0)
  expect(await interfacesOf('core')).toMatchObject({
    interfaces: { interface: { name: 'eth1', description: 'to the spine' } },
  })
})

test('no log has the password of an endpoint', () => {
  const directory = join(storeDirectory(), 'logs')
  const logs = readdirSync(directory).filter((name) => /^(leaf|spine|core)-router-/.test(name))
  const own = logs.map((name) => join(directory, name)).filter((path) => statSync(path).mtimeMs > began)
  expect(own.length).toBe(ENDPOINTS.length)
  for (const path of own) expect(readFileSync(path, 'utf8')).not.toContain('antidotepassword')
})

test('a later stage takes back what it does not have, and again changes nothing', async () => {
  expect(results(await configure(1))).toEqual({ leaf: 'changed', spine: 'changed', core: 'changed' })
  expect(await addressesOf('leaf', 'eth1')).toBe('10.21.0.2/24 2001:db8:21::2/64')
  expect(await addressesOf('core', 'eth1')).toBe('10.23.0.1/24 2001:db8:23::1/64')
  expect(await on('spine', 'cat /etc/issue.net')).toBe('The spine, later.')
  const seen = await interfacesOf('core')
  expect(seen).toMatchObject({ interfaces: { interface: { description: 'to nobody' } } })
  const again = await configure(1)
  expect(results(again)).toEqual({ leaf: 'unchanged', spine: 'unchanged', core: 'unchanged' })
  expect(await interfacesOf('core')).toEqual(seen)
})

test('what goes wrong with one is one error, leaves it as it was, and does not stop the others', async () => {
  const before = await interfacesOf('core')
  const good = examples['stage0/configs/core-netconf.xml']!
  // its first interface would be taken, its second one has a type that nobody knows
  write(
    'stage2/configs/core-netconf.xml',
    good.replace('</interfaces>', '<interface><name>x</name><type>none</type></interface></interfaces>'),
  )
  write('stage2/configs/leaf.yml', later(examples['stage0/configs/leaf.yml']!))
  write('stage2/configs/spine.py', 'raise SystemExit("never reached")\n')
  const refused = await configure(2, '--only', 'leaf', '--only', 'core')
  expect(refused).toMatchObject({ code: 1, failed: 1 })
  expect(results(refused)).toEqual({ leaf: 'unchanged', core: 'NETCONF_RPC' })
  expect(refused.endpoints.find(({ endpoint }) => endpoint === 'core')!.error!.message).toMatch(
    /refused <(edit-config|commit|validate)>: /,
  )
  expect(await interfacesOf('core')).toEqual(before)
  const nobody = await freePort()
  const silent = await configure(
    2,
    '--only',
    'spine',
    '--endpoint',
    `spine=127.0.0.1:${nobody}`,
    '--deadline',
    '3',
  )
  expect(silent).toMatchObject({ code: 1, failed: 1 })
  expect(silent.endpoints[0]!.error).toMatchObject({
    code: 'ENDPOINT_SILENT',
    message: `No SSH server answered at 127.0.0.1:${nobody} within 3 s.`,
  })
})

test('a wrong password is refused at once, in each of the ways', async () => {
  const env = { ...process.env, ANTIDOTE_TARGET_PASSWORD: 'not-the-password' }
  const before = await interfacesOf('core')
  const args = ['configure', lesson, '--stage', '1', ...addresses()]
  const refused = await antidoteJson<{ endpoints: Row[] }>(args, { env })
  expect(results(refused)).toEqual({ leaf: 'SSH_LOGIN', spine: 'SSH_LOGIN', core: 'SSH_LOGIN' })
  expect(JSON.stringify(refused)).not.toContain('not-the-password')
  expect(await interfacesOf('core')).toEqual(before)
  expect(await on('spine', 'cat /etc/issue.net')).toBe('The spine, later.')
})

test('in a job of a cluster, the environment says everything', async () => {
  const env = {
    ...process.env,
    ANTIDOTE_LESSON: lesson,
    ANTIDOTE_STAGE: '1',
    ANTIDOTE_ENDPOINT: 'core',
    ANTIDOTE_TARGET_HOST: '127.0.0.1',
    // where SSH is, this one speaks NETCONF too
    ANTIDOTE_TARGET_PORT: String(ports.core.ssh),
    ANTIDOTE_TARGET_USERNAME: 'antidote',
    ANTIDOTE_TARGET_PASSWORD: 'antidotepassword',
    ANTIDOTE_HOST_KEYS: 'first-use',
  }
  const done = await antidoteJson<{ endpoints: Row[] }>(['configure'], { cwd: work, env })
  expect(done).toMatchObject({ code: 0, endpoints: [{ endpoint: 'core', result: 'unchanged' }] })
})

test('an endpoint without a lesson gets what its image says, and the tasks of its plugins', async () => {
  const image = imageDirectory(
    join(work, 'alone'),
    'alone',
    `use: [debianEndpoint(), lab, device],
    configure: { interfaces: { eth1: ['10.5.0.1/24'] } },`,
    { 'tasks.ts': examples['tasks.ts']!, 'netconf.ts': examples['netconf.ts']! },
    `import { lab } from './tasks.ts'\nimport { device } from './netconf.ts'`,
  )
  const place = [
    '--host',
    '127.0.0.1',
    '--port',
    String(ports.core.ssh),
    '--forward',
    `${ports.core.netconf}:830`,
  ]
  const run = () => antidoteJson(['-C', image, 'configure', ...place])
  expect(await run()).toMatchObject({ code: 0 })
  expect(await on('core', 'hostname')).toBe('lab')
  expect(await addressesOf('core', 'eth1')).toBe('10.5.0.1/24')
  expect(await addressesOf('core', 'eth2')).toBe('10.9.0.1/24 2001:db8:9::1/64')
  expect((await ssh(ports.core.ssh, 'id -nG', 'lovelace', 'ada')).stdout.trim()).toBe('ada sudo')
  const first = await interfacesOf('core')
  expect(JSON.stringify(first)).toContain('"ip":"10.3.1.1"')
  expect(JSON.stringify(first)).toContain('to <nobody>')
  expect(await run()).toMatchObject({ code: 0 })
  expect(await interfacesOf('core')).toEqual(first)
})

test('its deadline and Ctrl-C end what floods in an endpoint', async () => {
  const flood = `definePlugin({ name: 'flood', version: '1', apply({ configure }) {
    configure.tap('flood', ({ guest }) => guest.exec(['yes'], { root: true, endOnly: true }))
  } })`
  const image = imageDirectory(join(work, 'alone'), 'flood', `use: [debianEndpoint(), ${flood}],`)
  const args = ['-C', image, 'configure', '--host', '127.0.0.1', '--port', String(ports.spine.ssh)]
  const floods = async () => Number(await on('spine', 'cat /proc/[0-9]*/comm | grep -cx yes || true'))
  expect(await antidoteJson([...args, '--deadline', '20'])).toMatchObject({
    code: 1,
    error: { code: 'ENDPOINT_DEADLINE' },
  })
  expect(await floods()).toBe(0)
  const running = launch([process.execPath, CLI, ...args])
  await expect.poll(floods, { timeout: 60_000 }).toBeGreaterThan(0)
  running.child.kill('SIGINT')
  expect((await running.end).code).toBe(130)
  expect(await floods()).toBe(0)
})
