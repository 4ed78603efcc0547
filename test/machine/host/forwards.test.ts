import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { chooseForwards } from '../../../core/machine/host/forwards.ts'
import { specOf } from '../../base/model/machine-spec.ts'

test('adds SSH, takes the ports asked for, and leaves the others to QEMU', async () => {
  const spec = specOf({
    ports: [
      { port: 830, protocol: 'tcp' },
      { port: 161, protocol: 'udp' },
    ],
  })
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port: free } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const forwards = await chooseForwards(spec, [
    { port: 22, protocol: 'tcp', host: '0.0.0.0', hostPort: free },
  ])
  expect(forwards).toEqual([
    { port: 22, protocol: 'tcp', host: '0.0.0.0', hostPort: free },
    { port: 830, protocol: 'tcp', host: '127.0.0.1', hostPort: 0 },
    { port: 161, protocol: 'udp', host: '127.0.0.1', hostPort: 0 },
  ])
})

test('names a port that is taken, and who has it', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(
    chooseForwards(specOf(), [{ port: 22, protocol: 'tcp', hostPort: port }]),
  ).rejects.toMatchObject({
    code: 'PORT_TAKEN',
    message: expect.stringMatching(
      new RegExp(`^Port ${port} on 127.0.0.1 is taken by .+ \\(process ${process.pid}\\)\\.$`),
    ),
  })
  server.close()
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const taken = chooseForwards(specOf(), [{ port: 161, protocol: 'udp', hostPort: socket.address().port }])
  await expect(taken).rejects.toMatchObject({ code: 'PORT_TAKEN' })
  socket.close()
})

test('names an address that is not of this host', async () => {
  const wishes = [{ port: 22, protocol: 'tcp', host: '192.0.2.1', hostPort: 2222 }] as const
  await expect(chooseForwards(specOf(), wishes)).rejects.toMatchObject({ code: 'PORT_UNUSABLE' })
})
