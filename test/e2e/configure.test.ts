import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withBuild } from '../../core/cli/session.ts'
import { openNetconf, xml } from '../../core/index.ts'
import { specify, withMachine } from '../../core/lifecycle/boot.ts'
import { antidote, antidoteJson } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { documented } from './documented.ts'
import { freePort } from './free-port.ts'
import { netconfDirectory } from './netconf-image.ts'
import { ssh } from './ssh.ts'

const ENDPOINTS = ['leaf', 'spine', 'core'] as const
type Name = (typeof ENDPOINTS)[number]

const work = temporaryDirectory()
const lesson = join(work, 'lessons', 'ring')
const ports = {} as Record<Name, { ssh: number; netconf: number }>
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

beforeAll(async () => {
  for (const [path, content] of Object.entries(documented('guide/configure.md')))
    if (!path.endsWith('.ts')) write(path, content)
  write(
    '../../images/router/image.meta.yaml',
    'slug: router\nsshUser: antidote\nsshPassword: antidotepassword\n',
  )
  const image = netconfDirectory(join(work, 'images'), `{ test: { path: 'x' } }`)
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
        const end = withMachine(
          build,
          disk,
          { ...spec, interfaces: 2 },
          { changes: 'overlay' },
          async ({ ssh, forwards }) => {
            ports[name] = { ssh: ssh.port, netconf: forwards.find(({ port }) => port === 830)!.hostPort }
            answers()
            await stopped
          },
        )
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
