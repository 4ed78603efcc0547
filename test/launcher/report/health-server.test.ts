import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Board } from '../../../core/launcher/report/board.ts'
import { serveHealth } from '../../../core/launcher/report/health-server.ts'
import { statusOf } from '../face.ts'

const served = async (board = new Board(statusOf())) => {
  const server = await serveHealth({ port: 0, host: '127.0.0.1', board })
  onTestFinished(() => server.close())
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${server.port}${path}`, init)
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  return { board, get, port: server.port }
}

/** What comes on a connection until the server ends it. */
const converse = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let got = ''
  socket.setEncoding('utf8').on('data', (part) => {
    got += part
  })
  socket.write(text)
  await once(socket, 'close')
  return got
}

test('readyz follows the state and says why', async () => {
  const { board, get } = await served()
  expect(await get('/readyz')).toMatchObject({ status: 503, text: 'starting\n' })
  board.set('booting')
  expect(await get('/readyz')).toMatchObject({ status: 503, text: 'booting\n' })
  board.set('ready')
  expect(await get('/readyz')).toMatchObject({ status: 200, text: 'ready\n' })
  board.set('failed', 'its SSH server stopped answering')
  expect(await get('/readyz?verbose')).toMatchObject({
    status: 503,
    text: 'failed: its SSH server stopped answering\n',
  })
})

test('livez holds as long as the machine is not off', async () => {
  const { board, get } = await served()
  for (const state of ['booting', 'ready', 'failed', 'stopping'] as const) {
    board.set(state)
    expect(await get('/livez')).toMatchObject({ status: 200, text: `${state}\n` })
  }
  board.set('off')
  expect(await get('/livez')).toMatchObject({ status: 503, text: 'off\n' })
})

test('settings and arguments are not for whoever asks', async () => {
  const settings = { ANTIDOTE_QEMU_ARGS: '-fw_cfg name=opt/token,string=tiger' }
  const { get } = await served(new Board(statusOf({ settings })))
  expect(await get('/status')).toMatchObject({ status: 404, text: 'There are /livez and /readyz.\n' })
  for (const path of ['/', '/livez', '/readyz']) expect((await get(path)).text).not.toContain('tiger')
})

test('nothing else is offered, and nothing that changes anything', async () => {
  const { board, get } = await served()
  expect((await get('/')).status).toBe(404)
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const { status, headers } = await get('/monitor', { method, body: 'quit' })
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET')
  }
  expect((await get('/monitor')).status).toBe(404)
  expect(board.document.state).toBe('starting')
})

test('a connection gives one answer and ends, also where it asks to be kept', async () => {
  const { port } = await served()
  const request = 'GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n'
  const answer = await converse(port, request + request)
  expect(answer.match(/^HTTP\/1\.1 503/gm)).toHaveLength(1)
})

test('a console is not to be had here', async () => {
  const { port } = await served()
  const answer = await converse(
    port,
    'GET /console HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: console\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 404/)
})

test('headers that are too large, no request and half of one are not waited for', async () => {
  const { port } = await served()
  expect(await converse(port, `GET / HTTP/1.1\r\nX: ${'x'.repeat(8192)}`)).toMatch(/^HTTP\/1\.1 431/)
  await Promise.all(['', 'GET /readyz HTTP/1.1\r\n'].map((part) => converse(port, part)))
  // the rest of a body that never comes
  const body = 'GET /readyz HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'
  expect(await converse(port, body)).toMatch(/^HTTP\/1\.1 503/)
})

test('a port that is taken is named', async () => {
  const { port, board } = await served()
  await expect(serveHealth({ port, host: '127.0.0.1', board })).rejects.toMatchObject({
    code: 'HEALTH_PORT',
    message: expect.stringContaining(`The health port ${port} cannot be used`),
  })
})
