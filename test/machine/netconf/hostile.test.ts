import { afterEach, describe, expect, test } from 'vitest'
import { openNetconf } from '../../../core/machine/netconf/open.ts'
import type { NetconfOptions } from '../../../core/machine/netconf/types.ts'
import { BASE10, BASE11, capability, helloOf, idOf, NetconfServer, type Peer, replyTo } from './server.ts'

let server: NetconfServer | undefined

afterEach(async () => {
  // whatever happened, nothing of the client is left
  await server?.deserted()
  server?.stop()
  server = undefined
})

/** Milliseconds for an answer that does not come; for a hello there is a handshake before it. */
const DEADLINE = 400
const OPENING = 2000

const failure = async (
  script: (peer: Peer) => unknown,
  work: 'open' | 'get' | 'commit',
  options: Partial<NetconfOptions> = {},
  deadline = 10_000,
) => {
  server = await NetconfServer.start(script)
  const open = openNetconf(server.options({ openDeadline: work === 'open' ? OPENING : 10_000, ...options }))
  if (work === 'open') return open.catch((one: unknown) => one)
  const session = await open
  const error = await session.rpc(work, { deadline }).catch((one: unknown) => one)
  // it has ended, and says why, at once
  const again = await session.get().catch((one: unknown) => one)
  expect(again).toBe(error)
  await session.close()
  return error
}

const greeted =
  (
    answer: (peer: Peer, request: string) => unknown,
    capabilities = [BASE10, BASE11, capability('candidate:1.0')],
  ) =>
  async (peer: Peer) => {
    await peer.greet(capabilities)
    const request = await peer.next()
    if (request) await answer(peer, request)
  }

describe('a server that', () => {
  test.each<[string, (peer: Peer) => unknown, string, RegExp]>([
    ['says nothing', () => {}, 'NETCONF_UNOPENED', /did not send its hello within 2 s/],
    [
      'says half a hello',
      (peer) => peer.raw(helloOf([BASE10]).slice(0, 60)),
      'NETCONF_UNOPENED',
      /its hello/,
    ],
    [
      'goes at once',
      (peer) => peer.channel.end(),
      'NETCONF_FAILED',
      /closed the connection before its hello/,
    ],
    [
      'goes after half a hello',
      (peer) => {
        peer.raw('<hello')
        peer.channel.end()
      },
      'NETCONF_FAILED',
      /in the middle of a message before its hello/,
    ],
    ['sends text', (peer) => peer.raw('login: ]]>]]>'), 'NETCONF_FAILED', /its hello cannot be read/],
    [
      'sends a reply first',
      (peer) => peer.raw('<rpc-reply/>]]>]]>'),
      'NETCONF_FAILED',
      /<rpc-reply> before its hello/,
    ],
    [
      'has no capabilities',
      (peer) => peer.raw(helloOf([])),
      'NETCONF_FAILED',
      /neither the capability base:1.0/,
    ],
    ['has no session-id', (peer) => peer.raw(helloOf([BASE10], '')), 'NETCONF_FAILED', /session-id ""/],
    [
      'has a session-id of zero',
      (peer) => peer.raw(helloOf([BASE10], 0)),
      'NETCONF_FAILED',
      /session-id "0"/,
    ],
    ['says hello twice', (peer) => peer.raw(helloOf([BASE10]).repeat(2)), 'NETCONF_FAILED', /a second hello/],
  ])('%s', async (name, script, code, message) => {
    const error = await failure(script, name === 'says hello twice' ? 'get' : 'open')
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('has no NETCONF', async () => {
    server = await NetconfServer.start()
    await expect(openNetconf(server.options())).rejects.toMatchObject({
      code: 'NETCONF_FAILED',
      message: expect.stringMatching(/has no subsystem "netconf"/),
      details: { hint: expect.stringMatching(/Switch NETCONF/) },
    })
  })

  test.each<[string, (peer: Peer, request: string) => unknown, string, RegExp]>([
    ['does not answer', () => {}, 'NETCONF_SILENT', /did not answer <get> within 0.4 s/],
    ['stops in the middle of a chunk', (peer) => peer.raw('\n#100\n<rpc-reply'), 'NETCONF_SILENT', /<get>/],
    [
      'cuts the line in the middle of a chunk',
      (peer) => {
        peer.raw('\n#100\n<rpc-reply')
        peer.channel.end()
      },
      'NETCONF_FAILED',
      /in the middle of a message, before it answered <get>/,
    ],
    [
      'cuts the line',
      (peer) => peer.channel.end(),
      'NETCONF_FAILED',
      /connection before it answered <get>\.$/,
    ],
    [
      'answers something else',
      (peer) => peer.reply('message-id="9999"', '<ok/>'),
      'NETCONF_FAILED',
      /to the message-id "9999", which was not sent/,
    ],
    [
      'answers without an id',
      (peer) => peer.send('<rpc-reply><ok/></rpc-reply>'),
      'NETCONF_FAILED',
      /answered without a message-id/,
    ],
    [
      'answers twice',
      (peer, request) => {
        peer.reply('message-id="1"', '<ok/>')
        peer.reply(request, '<ok/>')
      },
      'NETCONF_FAILED',
      /"1", which was not sent/,
    ],
    [
      'sends a wrong size',
      (peer) => peer.raw('\n#0\n<rpc-reply/>\n##\n'),
      'NETCONF_FAILED',
      /size of a chunk was awaited/,
    ],
    [
      'sends a size too small',
      (peer, request) => peer.raw(`\n#10\n${replyTo(request, '<ok/>')}\n##\n`),
      'NETCONF_FAILED',
      /size of a chunk was awaited/,
    ],
    [
      'keeps to base:1.0',
      (peer, request) => peer.raw(`${replyTo(request, '<ok/>')}]]>]]>`),
      'NETCONF_FAILED',
      /"<rpc-reply xm" came/,
    ],
    [
      'sends bytes that are no text',
      (peer) => peer.raw(Buffer.from('\n#2\n\xff\xfe\n##\n', 'latin1')),
      'NETCONF_FAILED',
      /not UTF-8/,
    ],
    [
      'sends broken XML',
      (peer, request) => peer.send(replyTo(request, '<a></b>')),
      'NETCONF_FAILED',
      /answer to <get> cannot be read: Unexpected close tag in line 1/,
    ],
    [
      'sends entities',
      (peer, request) => peer.send(`<!DOCTYPE a [<!ENTITY x "y">]>${replyTo(request, '&x;')}`),
      'NETCONF_FAILED',
      /has no DOCTYPE/,
    ],
    [
      'announces a huge answer',
      (peer) => peer.raw('\n#4000000000\n'),
      'NETCONF_FAILED',
      /more than 100000 bytes/,
    ],
    ['sends a huge answer', (peer) => flood(peer, '\n#1000\n'), 'NETCONF_FAILED', /more than 100000 bytes/],
  ])('%s', async (_name, script, code, message) => {
    const error = await failure(
      greeted(script),
      'get',
      { limit: 100_000 },
      code === 'NETCONF_SILENT' ? DEADLINE : undefined,
    )
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) })
  })

  test('sends without end in base:1.0', async () => {
    const error = await failure(
      greeted((peer) => flood(peer, ''), [BASE10]),
      'get',
      { limit: 100_000 },
    )
    expect(error).toMatchObject({
      message: expect.stringMatching(/more than 100000 bytes, which is the limit/),
    })
  })

  test.each<[string, (peer: Peer) => unknown, RegExp]>([
    [
      'cuts the line',
      (peer) => peer.channel.end(),
      /before it answered <commit>; whether that was done is not known/,
    ],
    ['says nothing', () => {}, /did not answer <commit>/],
  ])('%s in the middle of a commit: what came of it is not known', async (_name, script, message) => {
    const error = await failure(greeted(script), 'commit', {}, DEADLINE)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
    const { hint } = (error as { details: { hint?: string } }).details
    expect(`${(error as Error).message} ${hint}`).toMatch(/is not known/)
  })

  test('ends with a comment', async () => {
    server = await NetconfServer.start(
      greeted((peer, request) => {
        peer.reply(request, '<ok/>')
        peer.send('<!-- session end at 12:00 -->')
        peer.channel.end()
      }),
    )
    const session = await openNetconf(server.options())
    expect((await session.rpc('close-session')).data).toEqual({ ok: '' })
    await session.close()
  })

  // a pattern that goes back and forth over them does not end before the world does
  test('sends a hundred comments before its hello, and before its answer', async () => {
    const comments = '<!-- no zombies -->\n'.repeat(100)
    server = await NetconfServer.start(async (peer) => {
      peer.raw(comments + helloOf([BASE10]))
      await peer.next()
      const request = await peer.next()
      peer.raw(`${comments}]]>]]>${comments}${replyTo(request!, '<ok/>')}]]>]]>`)
      peer.channel.end()
    })
    const session = await openNetconf(server.options())
    expect((await session.rpc('close-session')).data).toEqual({ ok: '' })
    await session.close()
  })

  test('says on its error stream why it goes', async () => {
    const error = await failure((peer) => {
      peer.channel.stderr.write('cannot reach the server process\n')
      peer.channel.end()
    }, 'open')
    expect(error).toMatchObject({ details: { lines: ['cannot reach the server process'] } })
  })
})

/** Writes pieces until the client goes. */
const flood = (peer: Peer, header: string) => {
  const piece = header + 'x'.repeat(1000)
  const more = () => {
    while (!peer.channel.destroyed && peer.channel.write(piece));
  }
  peer.channel.on('drain', more)
  more()
}

test('replies may come in another order', async () => {
  server = await NetconfServer.start(async (peer) => {
    await peer.greet([BASE10, BASE11])
    const requests = [await peer.next(), await peer.next()]
    for (const request of requests.reverse()) peer.reply(request!, `<id>${idOf(request!)}</id>`)
  })
  const session = await openNetconf(server.options())
  const [one, two] = await Promise.all([session.rpc('a'), session.rpc('b')])
  expect(Number((two!.data as { id: string }).id)).toBe(Number((one!.data as { id: string }).id) + 1)
  await session.close()
})
