import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { antidote, CLI, imageDirectory, launch } from './cli.ts'
import { temporaryDirectory } from './directory.ts'
import { withoutDevice } from './tun.ts'

const work = temporaryDirectory()
const servers: Server[] = []

/** Starts a server that answers whoever connects; gives its port. */
const serve = async (host: string): Promise<number> => {
  const server = createServer((socket) => socket.on('error', () => {}).end('hello\n')).listen(0, host)
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

/** An address of this host that others reach it at. */
const outside = Object.values(networkInterfaces())
  .flat()
  .find((address) => address && !address.internal && address.family === 'IPv4')!.address

/** Prints what a server says, or that it is not reached. */
const ask = (host: string, port: number) =>
  `(exec 3<>/dev/tcp/${host}/${port} && cat <&3) 2>/dev/null || echo closed`

let secret: number
let secret6: number
let listed: number
let listed6: number
let unheard: number
let mirror: number
let open: number

beforeAll(async () => {
  secret = await serve('127.0.0.1')
  secret6 = await serve('::1')
  listed = await serve('127.0.0.1')
  listed6 = await serve('::1')
  unheard = await serve('127.0.0.1')
  servers.pop()!.close()
  mirror = await serve('127.0.0.1')
  open = await serve('0.0.0.0')
})
afterAll(() => {
  for (const server of servers) server.close()
})

const SCRIPT = '#!/bin/bash\n'

/** An image whose plugin names a mirror on loopback, and whose config lists a port. */
const image = (name: string, script: string) =>
  imageDirectory(
    work,
    name,
    `loopback: [${listed}, ${listed6}, ${unheard}], install: 'install.sh', use: [debian({ hostname: 'provision' }),
  definePlugin({ name: 'mirror', version: '1', options: { mirror: 'http://localhost:${mirror}/debian' }, apply({ provision }) {
    provision.tap('maker', async (tree, step) => {
      const made = await step.run(['bash', '-c', process.env.ANTIDOTE_TEST_ASK], { network: true, mounts: true })
      return step.edit(tree, (guest) => guest.write('/made', made.stdout))
    })
  } })]`,
    { 'install.sh': SCRIPT + script },
  )

const shell = (directory: string, script: string, env: NodeJS.ProcessEnv = process.env) =>
  antidote(['-C', directory, 'shell', 'provision', '--', 'bash', '-c', script], { env })

test('a step reaches servers outside, and of those on the loopback of the host only what is named', async () => {
  const script = [
    ask('127.0.0.1', secret),
    ask('::1', secret6),
    ask('127.0.0.1', listed),
    ask('127.0.0.1', mirror),
    ask('localhost', mirror),
    ask('::1', listed6),
    ask('127.0.0.1', listed6),
    ask('::1', listed),
    ask('localhost', unheard),
    ask(outside, open),
    ask(outside, secret),
    // the way out
    ask('192.0.0.1', secret),
  ].join('; ')
  const directory = image('reach', `{ ${script}; } >/seen\nexec 2>&1; apt-get -q update\n`)
  const env = { ...process.env, ANTIDOTE_TEST_ASK: script }
  const expected =
    'closed\nclosed\nhello\nhello\nhello\nhello\nclosed\nclosed\nclosed\nhello\nclosed\nclosed\n'
  const { stdout, stderr } = await shell(directory, `cat /seen /made; ${script}`, env)
  expect(stdout, stderr).toBe(expected.repeat(3))
})

/** Every process that this one started, or one of those. */
const startedBy = (pid: number): number[] => {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children.map(Number).flatMap((child) => [child, ...startedBy(child)])
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

describe('its network', () => {
  test.each(['SIGKILL', 'SIGINT'] as const)('is gone after %s', async (signal) => {
    const directory = image(`killed-${signal.toLowerCase()}`, `echo ${signal} begun\nsleep 1000\n`)
    const env = { ...process.env, ANTIDOTE_TEST_ASK: 'true' }
    const running = launch([process.execPath, CLI, '-C', directory, 'build', '--verbose'], { env })
    await running.until(/begun/)
    const processes = startedBy(running.child.pid!).filter((pid) => /hold\.pl|pasta/.test(commandOf(pid)))
    expect(processes.length).toBeGreaterThanOrEqual(2)
    running.child.kill(signal)
    await running.end
    await expect.poll(() => processes.map(commandOf).filter(Boolean)).toEqual([])
  })

  test('cannot be had without /dev/net/tun, and is the one of the host only where that is said', async () => {
    const directory = image('without', 'true\n')
    const env = { ...process.env, ANTIDOTE_TEST_ASK: 'true' }
    const argv = [
      process.execPath,
      CLI,
      '-C',
      directory,
      'shell',
      'bootstrap',
      '--',
      'bash',
      '-c',
      ask('127.0.0.1', secret),
    ]
    const refused = await launch(withoutDevice(argv), { env }).end
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/Build steps cannot have a network of their own: .*\/dev\/net\/tun/)
    expect(refused.stderr).toContain('ANTIDOTE_HOST_NETWORK=1')
    const allowed = await launch(withoutDevice(argv), { env: { ...env, ANTIDOTE_HOST_NETWORK: '1' } }).end
    expect(allowed.stdout, allowed.stderr).toBe('hello\n')
  })
})
