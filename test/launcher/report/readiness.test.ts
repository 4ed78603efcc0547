import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { Server } from 'ssh2'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import type { Tools } from '../../../core/base/process/tools.ts'
import { Board, stateLine } from '../../../core/launcher/report/board.ts'
import { followReadiness, type ReadinessParts } from '../../../core/launcher/report/readiness.ts'
import { direct } from '../../../core/launcher/spawn.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { hostKey, TestSsh } from '../../machine/ssh-server.ts'
import { bundle, listenWith, serialConsole, statusOf } from '../face.ts'

let script: string
let remove: () => void
beforeAll(async () => {
  ;({ script, remove } = await bundle())
})
afterAll(() => remove())

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

/** Follows a guest whose port is at `port`, and keeps what is said of it. */
const follow = async (port: number, change: Partial<ReadinessParts> = {}) => {
  const { console, guest } = await serialConsole()
  const board = new Board(statusOf({ state: 'booting' }))
  const said: string[] = []
  let heard = () => {}
  const spoken = new Promise<void>((resolve) => {
    heard = resolve
  })
  const children: number[] = []
  const tools: Tools = {
    ...direct,
    start: (argv, options) => {
      const child = direct.start(argv, options)
      children.push(child.pid!)
      return child
    },
  }
  const ending = new AbortController()
  const over = followReadiness({
    spec: specOf({ deadline: 60 }),
    at: { host: '127.0.0.1', port },
    tools,
    script,
    console,
    board,
    say: (line) => {
      said.push(line)
      heard()
    },
    signal: ending.signal,
    rhythm: { interval: 20, timeout: 200 },
    ...change,
  })
  const stop = async () => {
    ending.abort()
    await over
  }
  onTestFinished(stop)
  const until = async (line: string | RegExp) => {
    while (!stateLine(board.document).match(line)) await once(board, 'change')
    return board.document
  }
  return { board, said, spoken, children, until, stop, guest, console }
}

/** A port that stands before a server, as QEMU's forwarder does: it accepts also while the guest does not listen. */
const forwarder = async (to: number) => {
  let up = false
  const seen: Socket[] = []
  const port = await listenWith((socket) => {
    seen.push(socket)
    if (!up) return
    const inner = connect(to, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    socket.pipe(inner).pipe(socket)
  })
  const set = (value: boolean) => {
    up = value
  }
  return { port, set, seen }
}

const sshServer = async () => {
  const server = await TestSsh.start()
  onTestFinished(() => server.stop())
  return server
}

test('ready comes with a key exchange, and its child is gone', async () => {
  const server = await sshServer()
  const { until, said, children, board } = await follow(server.port)
  const { bootMs } = await until('ready')
  expect(bootMs).toBeGreaterThan(0)
  expect(said).toEqual([expect.stringMatching(/^ready: its SSH server answered after \d+\.\d s$/)])
  expect(children).toHaveLength(1)
  expect(gone(children[0]!)).toBe(true)
  expect(board.document.why).toBeUndefined()
})

test('a forwarder that accepts is not ready; after the deadline the guest has failed, and may still become ready', async () => {
  const server = await sshServer()
  const { port, set, seen } = await forwarder(server.port)
  const { until, said, guest, board } = await follow(port, { spec: specOf({ deadline: 3 }) })
  guest.write('[    0.000000] Linux version 6.12\n[    1.2] Run /sbin/init as init process\n')
  const { why } = await until(/^failed/)
  expect(seen.length).toBeGreaterThan(0)
  expect(why).toMatch(/did not answer .*its init started, but its network did not come up$/)
  expect(said.join('\n')).toContain('Check the network set-up')
  expect(board.document).not.toHaveProperty('bootMs')
  set(true)
  expect(await until('ready')).not.toHaveProperty('why')
})

test('the diagnosis knows what the child saw: a refusal', async () => {
  const port = await listenWith((socket) => socket.end())
  const { until } = await follow(port, { spec: specOf({ deadline: 4 }) })
  expect((await until(/^failed/)).why).toMatch(/its network is up, but nothing listens/)
})

test('the diagnosis knows what the child saw: a banner, and a key exchange that failed', async () => {
  const port = await listenWith((socket) => socket.end('SSH-2.0-broken\r\n'))
  const { until, said } = await follow(port, { spec: specOf({ deadline: 4 }) })
  expect((await until(/^failed/)).why).toMatch(/spoke, then the handshake failed \(.+\)/)
  expect(said.join('\n')).not.toContain('ready')
})

test('a guest that stops answering has failed after three looks, and is ready again when it answers', async () => {
  const server = await sshServer()
  const { port, set, seen } = await forwarder(server.port)
  set(true)
  const { until, said } = await follow(port)
  await until('ready')
  set(false)
  const before = seen.length
  expect(await until(/^failed/)).toMatchObject({ why: 'its SSH server stopped answering' })
  expect(seen.length - before).toBeGreaterThanOrEqual(3)
  set(true)
  await until('ready')
  expect(said.slice(1)).toEqual([
    'failed: its SSH server stopped answering (no answer within 0.2 s)',
    'ready again',
  ])
})

test('one failed look is not a failure', async () => {
  const server = await sshServer()
  let connections = 0
  let enough = () => {}
  const several = new Promise<void>((resolve) => {
    enough = resolve
  })
  const port = await listenWith((socket) => {
    connections++
    if (connections === 12) enough()
    // the first is the handshake's; of the looks every third goes well
    if (connections > 1 && connections % 3 !== 0) return socket.destroy()
    const inner = connect(server.port, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    socket.pipe(inner).pipe(socket)
  })
  const { until, board } = await follow(port)
  await until('ready')
  const states = new Set<string>()
  board.on('change', ({ state }) => states.add(state))
  await several
  expect([...states]).toEqual([])
})

test('a login is not tried', async () => {
  const attempts: string[] = []
  const server = new Server(
    { hostKeys: [hostKey()] },
    (client) => void client.on('error', () => {}).on('authentication', ({ method }) => attempts.push(method)),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { until, stop } = await follow((server.address() as AddressInfo).port)
  await until('ready')
  await stop()
  expect(attempts).toEqual([])
})

test('the end of it ends the child, and changes no state', async () => {
  const port = await listenWith(() => {})
  const { stop, children, board, said } = await follow(port)
  expect(gone(children[0]!)).toBe(false)
  await stop()
  expect(gone(children[0]!)).toBe(true)
  expect(children).toHaveLength(1)
  expect(board.document.state).toBe('booting')
  expect(said).toEqual([])
})

test('the child ends with the launcher, also with one that was killed', async () => {
  let trying = () => {}
  const tried = new Promise<void>((resolve) => {
    trying = resolve
  })
  const port = await listenWith(() => trying())
  const child = spawn(process.execPath, [script, 'handshake', '127.0.0.1', String(port)])
  onTestFinished(() => void child.kill('SIGKILL'))
  child.stdin.write('\n')
  await tried
  // all that a child sees of its parent's end
  child.stdin.destroy()
  expect(await once(child, 'close')).toEqual([1, null])
})

test('a child that breaks is told of, and does not end it', async () => {
  const { children, said, spoken, stop, board } = await follow(1, { script: '/nowhere/launcher.mjs' })
  await spoken
  expect(said[0]).toMatch(/^what waits for the guest's handshake ended with exit status 1/)
  expect(children).toHaveLength(1)
  await stop()
  expect(board.document.state).toBe('booting')
})

const httpGuest = async (path = '/') => {
  const guest = { status: 503, asked: [] as (string | undefined)[] }
  const server = createServer(({ url }, response) => {
    guest.asked.push(url)
    response.writeHead(guest.status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const spec = specOf({ deadline: 0.5, ready: { kind: 'http', port: 8080, path } })
  return { guest, port, spec }
}

test('HTTP: a status of 500 or more is not ready, any other is', async () => {
  const { guest, port, spec } = await httpGuest('/api?x=1')
  const { until, said, children } = await follow(port, { spec })
  expect((await until(/^failed/)).why).toContain('GET /api?x=1 gave status 503')
  guest.status = 404
  await until('ready')
  expect(new Set(guest.asked)).toEqual(new Set(['/api?x=1']))
  guest.status = 500
  expect(await until(/^failed/)).toMatchObject({ why: 'its HTTP server stopped answering' })
  guest.status = 200
  await until('ready')
  expect(said.at(-1)).toBe('ready again')
  expect(children).toEqual([])
})

test('HTTP: a server that accepts and says nothing is not ready', async () => {
  const port = await listenWith(() => {})
  const { until, board } = await follow(port, {
    spec: specOf({ deadline: 0.3, ready: { kind: 'http', port: 80, path: '/' } }),
  })
  await until(/^failed/)
  expect(board.document).not.toHaveProperty('bootMs')
})

test('HTTP: what is no HTTP is not ready', async () => {
  const port = await listenWith((socket) => socket.end('SSH-2.0-OpenSSH\r\n'))
  const { until } = await follow(port, {
    spec: specOf({ deadline: 0.5, ready: { kind: 'http', port: 80, path: '/' } }),
  })
  expect((await until(/^failed/)).why).toContain('does not speak HTTP')
})

test('a server of another kind on the port of SSH is not the guest answering', async () => {
  const server = await sshServer()
  let connections = 0
  const port = await listenWith((socket) => {
    connections++
    if (connections > 1) return socket.write('220 mail\r\n')
    const inner = connect(server.port, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    socket.pipe(inner).pipe(socket)
  })
  const { until, said } = await follow(port)
  await until(/^failed/)
  expect(said.at(-1)).toBe('failed: its SSH server stopped answering (what answers is no SSH server)')
})
