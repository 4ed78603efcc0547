import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { FirstKeys } from '../../../core/machine/host-keys/first-keys.ts'
import { openNetconf } from '../../../core/machine/netconf/open.ts'
import { BASE10, device, NetconfServer } from './server.ts'

let server: NetconfServer | undefined

afterEach(async () => {
  await server?.deserted()
  server?.stop()
  server = undefined
})

/** Milliseconds, for what never comes. */
const DEADLINE = 400

describe('before NETCONF', () => {
  let plain: Server | undefined
  afterEach(() => plain?.close())

  test('a port that nobody listens on', async () => {
    server = await NetconfServer.start()
    const options = server.options()
    server.stop()
    await expect(openNetconf(options)).rejects.toMatchObject({
      code: 'NETCONF_FAILED',
      message: expect.stringMatching(/ECONNREFUSED/),
    })
  })

  test.each([false, true])('a server that is silent (wait: %s)', async (wait) => {
    const open = new Set<unknown>()
    plain = createServer((socket) => {
      open.add(socket)
      socket
        .on('close', () => open.delete(socket))
        .on('error', () => {})
        .resume()
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => plain!.once('listening', resolve))
    const { port } = plain.address() as { port: number }
    const login = { host: '127.0.0.1', port, username: 'root', password: 'x', openDeadline: DEADLINE, wait }
    await expect(openNetconf(login)).rejects.toMatchObject({
      code: 'NETCONF_UNOPENED',
      message: `127.0.0.1:${port} did not send an SSH handshake within 0.4 s.`,
    })
    await expect.poll(() => open.size).toBe(0)
  })

  test('a wrong password, also where a server is waited for', async () => {
    server = await NetconfServer.start(() => {})
    for (const wait of [false, true])
      await expect(openNetconf(server.options({ password: 'wrong', wait }))).rejects.toMatchObject({
        code: 'SSH_LOGIN',
      })
  })

  test('an abort', async () => {
    server = await NetconfServer.start(() => {})
    const control = new AbortController()
    const reason = new Error('stopped')
    const opening = openNetconf(server.options({ signal: control.signal }))
    setTimeout(() => control.abort(reason), 100)
    await expect(opening).rejects.toBe(reason)
    await expect(openNetconf(server.options({ signal: control.signal }))).rejects.toBe(reason)
  })
})

describe('the host key', () => {
  const greet = device([BASE10])

  test('is trusted if it is the pinned one, or for a reason', async () => {
    server = await NetconfServer.start(greet)
    const wrong = await openNetconf(server.options({ hostKey: 'SHA256:abc' })).catch((error) => error)
    expect(wrong).toMatchObject({ code: 'HOST_KEY_CHANGED' })
    const [, key] = /is (SHA256:[\w+/]{43}), and not SHA256:abc/.exec(wrong.message)!
    for (const hostKey of [key!, { acceptAny: 'a test' }, undefined]) {
      const session = await openNetconf(server.options(hostKey === undefined ? {} : { hostKey }))
      await session.close()
    }
  })

  test.each([false, true])(
    'is not trusted by itself on another host, which gets no password (wait: %s)',
    async (wait) => {
      server = await NetconfServer.start(greet)
      // this host by a name that is not known to be
      const options = server.options({ host: '0.0.0.0', wait })
      await expect(openNetconf(options)).rejects.toMatchObject({ code: 'HOST_KEY_UNKNOWN' })
      expect(server.passwords).toEqual([])
    },
  )

  test('is the first one of a machine, also for a session that waits for its server', async () => {
    server = await NetconfServer.start(greet)
    const { port } = server
    const hostKeys = new FirstKeys()
    await (await openNetconf(server.options({ hostKeys }))).close()
    await server.deserted()
    server.stop()
    server = await NetconfServer.start(greet, port)
    for (const wait of [false, true])
      await expect(openNetconf(server.options({ hostKeys, wait }))).rejects.toMatchObject({
        code: 'HOST_KEY_CHANGED',
      })
    expect(server.passwords).toEqual([])
    hostKeys.forget()
    await (await openNetconf(server.options({ hostKeys }))).close()
  })
})

test('a server that is about to start is waited for', async () => {
  let sessions = 0
  server = await NetconfServer.start((peer) => {
    if (++sessions === 1) peer.channel.end()
    else return peer.greet([BASE10])
  })
  const session = await openNetconf(server.options({ wait: true }))
  expect([session.sessionId, sessions]).toEqual([7, 2])
  await session.close()
})
