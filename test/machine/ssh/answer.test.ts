import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { anyHostKey } from '../../../core/machine/host-keys/host-keys.ts'
import { waitForSsh } from '../../../core/machine/ssh/answer.ts'
import { TestSsh } from '../ssh-server.ts'

const stops: (() => void)[] = []
afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

const listenWith = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const server: Server = createServer((socket) => onSocket(socket.on('error', () => socket.destroy())))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => server.close())
  return (server.address() as AddressInfo).port
}

const target = (port: number) => ({
  host: '127.0.0.1',
  port,
  user: 'root',
  password: 'secret',
  hostKeys: anyHostKey,
})
const nothing = () => ({ refused: false, banner: false })

test('gives a connection that has shaken hands', async () => {
  const server = await TestSsh.start()
  stops.push(() => server.stop())
  const reached = nothing()
  const connection = await waitForSsh(target(server.port), reached, AbortSignal.timeout(10_000))
  await connection!.ready
  expect(reached.banner).toBe(true)
  connection!.close()
})

test('is not fooled by a port that accepts and says nothing, as QEMU does for a guest that does not listen', async () => {
  const server = await TestSsh.start()
  stops.push(() => server.stop())
  let up = false
  const port = await listenWith((socket) => {
    if (!up) return
    const inner = connect(server.port, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    socket.pipe(inner).pipe(socket)
  })
  setTimeout(() => {
    up = true
  }, 500)
  const connection = await waitForSsh(target(port), nothing(), AbortSignal.timeout(10_000))
  expect(connection?.open).toBe(true)
  connection!.close()
})

test('does not press a guest that listens and is slow, if it is told so', async () => {
  const server = await TestSsh.start()
  stops.push(() => server.stop())
  let attempts = 0
  const port = await listenWith((socket) => {
    attempts++
    const inner = connect(server.port, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy()).pipe(inner)
    setTimeout(() => inner.pipe(socket), 1500)
  })
  const connection = await waitForSsh(target(port), nothing(), AbortSignal.timeout(10_000), 9000)
  expect(connection?.open).toBe(true)
  expect(attempts).toBe(1)
  connection!.close()
})

test('leaves a slow server the time to speak', async () => {
  const server = await TestSsh.start()
  stops.push(() => server.stop())
  const port = await listenWith((socket) => {
    const inner = connect(server.port, '127.0.0.1')
    inner.on('error', () => socket.destroy())
    socket.on('close', () => inner.destroy())
    setTimeout(() => socket.pipe(inner).pipe(socket), 1500)
  })
  const connection = await waitForSsh(target(port), nothing(), AbortSignal.timeout(10_000))
  expect(connection?.open).toBe(true)
  connection!.close()
})

test('tells a refusal from silence', async () => {
  const silent = nothing()
  expect(
    await waitForSsh(target(await listenWith(() => {})), silent, AbortSignal.timeout(300)),
  ).toBeUndefined()
  expect(silent).toEqual({ refused: false, banner: false })
  const refusing = nothing()
  const port = await listenWith((socket) => socket.end())
  expect(await waitForSsh(target(port), refusing, AbortSignal.timeout(300))).toBeUndefined()
  expect(refusing).toEqual({ refused: true, banner: false })
})

test('remembers why a handshake failed', async () => {
  const reached = nothing()
  const port = await listenWith((socket) => socket.end('SSH-2.0-broken\r\n'))
  expect(await waitForSsh(target(port), reached, AbortSignal.timeout(500))).toBeUndefined()
  expect(reached).toMatchObject({ banner: true, problem: expect.stringContaining('SSH connection') })
})
