import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { pause } from '../../../core/base/async/wait.ts'
import type { Ready } from '../../../core/base/model/machine-spec.ts'
import { Board } from '../../../core/launcher/report/board.ts'
import { followReadiness } from '../../../core/launcher/report/readiness.ts'
import { direct } from '../../../core/launcher/spawn.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { TestSsh } from '../../machine/ssh-server.ts'
import { bundle, listenWith, serialConsole, statusOf } from '../face.ts'

let script: string
let remove: () => void
beforeAll(async () => {
  ;({ script, remove } = await bundle())
})
afterAll(() => remove())

/** Follows a guest that must not be asked before `go`; gives how often it was. */
const follow = async (ready: Ready, asked: () => number) => {
  let go = () => {}
  const after = new Promise<void>((resolve) => {
    go = resolve
  })
  const board = new Board(statusOf({ state: 'booting' }))
  const ending = new AbortController()
  const { console } = await serialConsole()
  const over = followReadiness({
    spec: specOf({ deadline: 60, ready }),
    at: { host: '127.0.0.1', port: ready.port },
    tools: direct,
    script,
    console,
    board,
    say: () => {},
    signal: ending.signal,
    after,
  })
  onTestFinished(async () => {
    ending.abort()
    await over
  })
  // time enough for a child to start and to ask
  await pause(1500)
  const before = { asked: asked(), state: board.document.state }
  const isReady = new Promise<void>((resolve) => {
    board.on('change', ({ state }) => state === 'ready' && resolve())
  })
  go()
  await isReady
  return { ...before, hostKey: board.document.hostKey }
}

test('nobody shakes hands with a guest before what is waited for', async () => {
  const server = await TestSsh.start()
  onTestFinished(() => server.stop())
  let asked = 0
  const port = await listenWith((socket) => {
    asked++
    const inner = connect(server.port, '127.0.0.1').on('error', () => socket.destroy())
    socket.pipe(inner).pipe(socket)
  })
  const hostKey = execFileSync('ssh-keygen', ['-lf', '-'], { input: server.key }).toString().split(' ')[1]!
  expect(await follow({ kind: 'ssh', port }, () => asked)).toEqual({ asked: 0, state: 'booting', hostKey })
  expect(asked).toBeGreaterThan(0)
})

test('nor asks it over HTTP', async () => {
  let asked = 0
  const server = createServer((_, response) => {
    asked++
    response.end()
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const before = await follow({ kind: 'http', port, path: '/' }, () => asked)
  expect(before).toEqual({ asked: 0, state: 'booting', hostKey: undefined })
  expect(asked).toBeGreaterThan(0)
})
