import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openIpv6 } from '../../../core/launcher/network/ipv6.ts'
import type { Forward } from '../../../core/machine/qemu/instance.ts'

const forward = (protocol: 'tcp' | 'udp', hostPort: number, host = '0.0.0.0'): Forward => ({
  host,
  hostPort,
  port: 22,
  protocol,
})

/** What a forward leads to: it answers in upper case, after the end of what it is told. */
const shouting = async (): Promise<number> => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = ''
    socket.on('error', () => {})
    socket.on('data', (data) => {
      text += data
    })
    socket.on('end', () => socket.end(text.toUpperCase()))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

/** The same over UDP, at once. */
const echoing = async (): Promise<number> => {
  const server = createSocket('udp4')
  server.on('message', (data, { port, address }) => server.send(data.toString().toUpperCase(), port, address))
  server.bind(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server.address().port
}

const opened = async (...forwards: Forward[]) => {
  const ports = await openIpv6(forwards)
  expect(ports).toBeDefined()
  onTestFinished(() => ports!.close())
}

test('a TCP port answers over IPv6, whole, and its half-closed connections stay', async () => {
  const port = await shouting()
  await opened(forward('tcp', port))
  const text = 'a'.repeat(1 << 20)
  const socket = connect({ host: '::1', port, allowHalfOpen: true }).end(text)
  let answer = ''
  for await (const data of socket.setEncoding('utf8')) answer += data
  expect(answer).toBe(text.toUpperCase())
})

test('a connection that the guest does not take is closed', async () => {
  const port = await shouting()
  await opened(forward('tcp', port + 1))
  const socket = connect({ host: '::1', port: port + 1 })
  await once(socket, 'close')
})

test('a UDP port answers each peer over IPv6', async () => {
  const port = await echoing()
  await opened(forward('udp', port))
  const peers = ['one', 'two'].map(async (text) => {
    const socket = createSocket('udp6')
    onTestFinished(() => void socket.close())
    const said = once(socket, 'message')
    socket.send(text, port, '::1')
    return String((await said)[0])
  })
  expect(await Promise.all(peers)).toEqual(['ONE', 'TWO'])
})

test('what is inside the container only stays so, and a port that is taken is named', async () => {
  const port = await shouting()
  await opened(forward('tcp', port, '127.0.0.1'))
  await expect(once(connect({ host: '::1', port }), 'connect')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  })
  await opened(forward('tcp', port))
  await expect(openIpv6([forward('tcp', port)])).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: `Port ${port} on :: is taken.`,
  })
})
