import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openNetconf } from '../../../core/machine/netconf/open.ts'
import { rpcErrorsOf } from '../../../core/machine/netconf/rpc-errors.ts'
import type { NetconfOptions, NetconfSession } from '../../../core/machine/netconf/types.ts'
import { xml } from '../../../core/machine/netconf/xml.ts'
import { BASE10, BASE11, capability, device, NetconfServer, type Peer } from './server.ts'

type Call = (session: NetconfSession) => Promise<unknown>

/** The text first, for the name of a test. */
const swapped = (cases: readonly (readonly [Call, string])[]) =>
  cases.map(([call, text]) => [text, call] as const)

let server: NetconfServer
let session: NetconfSession | undefined
/** The requests that came, without what stands around the operation. */
let asked: string[]

const FULL = [
  BASE10,
  ...['candidate:1.0', 'validate:1.1', 'confirmed-commit:1.1', 'xpath:1.0', 'rollback-on-error:1.0'].map(
    capability,
  ),
]

const open = async (
  capabilities: readonly string[],
  answers: Record<string, string | ((request: string) => string)> = {},
  options: Partial<NetconfOptions> = {},
): Promise<NetconfSession> => {
  const recorded = Object.fromEntries(Object.entries(answers))
  server = await NetconfServer.start((peer) => {
    const next = peer.next.bind(peer)
    peer.next = async () => {
      const request = await next()
      const inner = request && /<rpc [^>]*>([\s\S]*)<\/rpc>/.exec(request)?.[1]
      if (inner) asked.push(inner.replace(/>\s+</g, '><').trim())
      return request
    }
    return device(capabilities, recorded)(peer)
  })
  session = await openNetconf(server.options(options))
  return session
}

beforeEach(() => {
  asked = []
  session = undefined
})
afterEach(async () => {
  await session?.close()
  await server.deserted()
  server.stop()
})

/** What netconfd does with an rpc that came together with the hello: it reads that once more has come. */
const lateReader = async (peer: Peer) => {
  await peer.greet([BASE10, BASE11])
  const first = (await peer.next())!
  const second = (await peer.next())!
  asked.push(first, second)
  peer.reply(first, '<data><a>1</a></data>')
  peer.reply(second, '<data/>')
  peer.reply((await peer.next())!, '<data><a>3</a></data>')
  peer.reply((await peer.next())!, '<ok/>')
  peer.channel.end()
}

test('a server that leaves the first rpc unread is nudged, and nobody sees the answer to that', async () => {
  server = await NetconfServer.start(lateReader)
  session = await openNetconf(server.options())
  expect((await session.getConfig()).data).toEqual({ a: '1' })
  expect(asked[1]).toMatch(/<get>\s*<filter type="subtree"\s*(\/>|><\/filter>)\s*<\/get>/)
  expect((await session.getConfig()).data).toEqual({ a: '3' })
})

describe('the hello', () => {
  test.each([
    [[BASE10], 'end-of-message'],
    [[BASE10, BASE11], 'chunked'],
    [[BASE11], 'chunked'],
    [['urn:ietf:params:xml:ns:netconf:base:1.0'], 'end-of-message'],
  ] as const)('with %j means %s', async (capabilities, framing) => {
    const { sessionId, ...opened } = await open(capabilities, { get: '<data><a>1 é</a></data>' })
    expect([sessionId, opened.framing]).toEqual([7, framing])
    expect((await session!.get()).data).toEqual({ a: '1 é' })
    expect((await session!.get()).data).toEqual({ a: '1 é' })
  })

  test('tells what the server can', async () => {
    const { has } = Object.getPrototypeOf(
      await open([...FULL, `${capability('url:1.0')}?scheme=file`, 'urn:x?a=b']),
    )
    const can = (name: string) => has.call(session, name)
    for (const name of [
      ':candidate',
      ':validate',
      ':validate:1.1',
      ':url',
      'urn:x',
      'urn:x?a=b',
      ':base:1.0',
    ])
      expect(can(name), name).toBe(true)
    for (const name of [':valid', ':validate:1.0', ':startup', 'urn', ':base:1.1'])
      expect(can(name), name).toBe(false)
  })
})

describe('an operation', () => {
  test.each(
    swapped([
      [(s) => s.get({ subtree: xml`<a/>` }), '<get><filter type="subtree"><a/></filter></get>'],
      [(s) => s.get({ subtree: '<a/>' }), '<get><filter type="subtree"><a/></filter></get>'],
      [
        (s) => s.get({ subtree: { a: { b: 'c' } } }),
        '<get><filter type="subtree"><a><b>c</b></a></filter></get>',
      ],
      [
        (s) => s.getConfig('candidate', { xpath: `/x:a[b="c"]`, namespaces: { x: 'urn:x' } }),
        '<get-config><source><candidate/></source><filter xmlns:x="urn:x" type="xpath" select="/x:a[b=&quot;c&quot;]"/></get-config>',
      ],
      [(s) => s.getConfig(), '<get-config><source><running/></source></get-config>'],
      [
        (s) => s.editConfig(xml`<a/>`),
        '<edit-config><target><candidate/></target><config><a/></config></edit-config>',
      ],
      [
        (s) =>
          s.editConfig(
            { a: 1 },
            { defaultOperation: 'none', testOption: 'test-then-set', errorOption: 'rollback-on-error' },
          ),
        '<edit-config><target><candidate/></target><default-operation>none</default-operation>' +
          '<test-option>test-then-set</test-option><error-option>rollback-on-error</error-option><config><a>1</a></config></edit-config>',
      ],
      [(s) => s.lock(), '<lock><target><candidate/></target></lock>'],
      [(s) => s.unlock('running'), '<unlock><target><running/></target></unlock>'],
      [(s) => s.validate(), '<validate><source><candidate/></source></validate>'],
      [(s) => s.commit(), '<commit/>'],
      [
        (s) => s.commit({ confirmed: 30, persist: 'x' }),
        '<commit><confirmed/><confirm-timeout>30</confirm-timeout><persist>x</persist></commit>',
      ],
      [(s) => s.commit({ persistId: 'x' }), '<commit><persist-id>x</persist-id></commit>'],
      [(s) => s.cancelCommit(), '<cancel-commit/>'],
      [(s) => s.discardChanges(), '<discard-changes/>'],
      [
        (s) => s.copyConfig('startup', 'running'),
        '<copy-config><target><startup/></target><source><running/></source></copy-config>',
      ],
      [(s) => s.killSession(4), '<kill-session><session-id>4</session-id></kill-session>'],
      [(s) => s.rpc('get-schema'), '<get-schema/>'],
    ]),
  )('is %s', async (text, call) => {
    await call(await open(FULL))
    expect(asked).toEqual([text])
  })

  test.each(
    swapped([
      [(s) => s.commit(), ':candidate'],
      [(s) => s.discardChanges(), ':candidate'],
      [(s) => s.validate(), ':validate'],
      [(s) => s.editConfig(xml`<a/>`), ':writable-running'],
      [(s) => s.editConfig(xml`<a/>`, { target: 'candidate' }), ':candidate'],
      [(s) => s.editConfig(xml`<a/>`, { target: 'startup', testOption: 'set' }), ':validate'],
      [
        (s) => s.editConfig(xml`<a/>`, { target: 'startup', errorOption: 'rollback-on-error' }),
        ':rollback-on-error',
      ],
      [(s) => s.get({ xpath: '/a' }), ':xpath'],
      [(s) => s.cancelCommit(), ':confirmed-commit:1.1'],
      [(s) => s.load('a'), 'dialect'],
      [(s) => s.command('a'), 'dialect'],
    ]),
  )('needs %s, and is not sent without (%#)', async (lacks, call) => {
    await expect(call(await open([BASE10]))).rejects.toMatchObject({
      code: 'NETCONF_UNSUPPORTED',
      message: expect.stringContaining(lacks),
    })
    expect(asked).toEqual([])
  })

  test('may be one of many at the same time', async () => {
    await open(FULL, { get: (request) => `<data><id>${/message-id="(\d+)"/.exec(request)![1]}</id></data>` })
    const replies = await Promise.all(Array.from({ length: 20 }, () => session!.get()))
    expect(new Set(replies.map(({ data }) => (data as { id: string }).id)).size).toBe(20)
  })

  test('that cannot be written as XML is refused before it is sent', async () => {
    await open(FULL)
    await expect(session!.editConfig(xml`<!-- ]]>]]> -->`)).rejects.toMatchObject({ code: 'NETCONF_XML' })
    await expect(session!.editConfig({ 'a b': 1 })).rejects.toMatchObject({ code: 'NETCONF_XML' })
    expect(asked).toEqual([])
    expect((await session!.rpc('get')).data).toEqual({ ok: '' })
  })
})

const ERROR = `<rpc-error><error-type>application</error-type><error-tag>bad-element</error-tag>
  <error-severity>error</error-severity><error-app-tag>too-big</error-app-tag>
  <error-path xmlns:t="urn:t">/t:top/t:mtu</error-path><error-message xml:lang="en">MTU is
   too large.</error-message><error-info><bad-element>mtu</bad-element><limit>9000</limit></error-info></rpc-error>`

const WARNING = `<rpc-error><error-severity>warning</error-severity><error-path>[edit system]</error-path>
  <error-message>statement not found</error-message></rpc-error>`

describe('what a device says', () => {
  test('becomes one error with all of it', async () => {
    await open(FULL, { 'edit-config': WARNING + ERROR + ERROR })
    const error = await session!.editConfig(xml`<a/>`).catch((one) => one)
    expect(error.message).toBe(
      `127.0.0.1:${server.port} refused <edit-config>: MTU is too large. (bad-element, at /t:top/t:mtu, info: bad-element mtu, limit 9000), and 1 more.`,
    )
    expect(error.details.lines).toHaveLength(3)
    expect(error.details.lines[0]).toBe('warning: statement not found (at [edit system])')
    expect(rpcErrorsOf(error)).toHaveLength(3)
    expect(rpcErrorsOf(error)[1]).toEqual({
      type: 'application',
      tag: 'bad-element',
      severity: 'error',
      appTag: 'too-big',
      path: '/t:top/t:mtu',
      message: 'MTU is too large.',
      info: 'bad-element mtu, limit 9000',
    })
    // the session goes on
    expect((await session!.rpc('get')).data).toEqual({ ok: '' })
  })

  test('is a warning beside a reply that is otherwise good', async () => {
    await open(FULL, { commit: `${WARNING}<ok/>` })
    const { warnings } = await session!.commit()
    expect(warnings).toMatchObject([
      { severity: 'warning', message: 'statement not found', path: '[edit system]' },
    ])
  })

  test('may stand inside of other elements, in the dialect that does so', async () => {
    const inside = (text: string) => `<load-configuration-results>${text}</load-configuration-results>`
    const answers = { 'load-configuration': inside(WARNING + ERROR), commit: inside(WARNING) }
    await open(FULL, answers, { dialect: 'junos' })
    await expect(session!.load('set a b', { format: 'set' })).rejects.toMatchObject({ code: 'NETCONF_RPC' })
    expect((await session!.commit()).warnings).toHaveLength(1)
  })
})

describe('the Junos dialect', () => {
  test.each(
    swapped([
      [
        (s) => s.load('set system host-name "a&b"\n', { format: 'set' }),
        '<load-configuration action="set" format="text"><configuration-set>set system host-name "a&amp;b"\n</configuration-set></load-configuration>',
      ],
      [
        (s) => s.load('system { }', { format: 'text', action: 'replace' }),
        '<load-configuration action="replace" format="text"><configuration-text>system { }</configuration-text></load-configuration>',
      ],
      [
        (s) => s.load('<configuration><system/></configuration>'),
        '<load-configuration action="merge" format="xml"><configuration><system/></configuration></load-configuration>',
      ],
      [
        (s) => s.load({ configuration: { system: null } }, { action: 'override' }),
        '<load-configuration action="override" format="xml"><configuration><system/></configuration></load-configuration>',
      ],
      [(s) => s.command('show <x>'), '<command format="text">show &lt;x&gt;</command>'],
    ]),
  )('is %s', async (text, call) => {
    await call(await open(FULL, {}, { dialect: 'junos' }))
    expect(asked).toEqual([text])
  })

  test('gives what a command prints', async () => {
    await open(FULL, { command: '<output>\nModel: x\n</output>' }, { dialect: 'junos' })
    expect(await session!.command('show version')).toBe('Model: x')
  })

  test('takes text formats as text only', async () => {
    await open(FULL, {}, { dialect: 'junos' })
    await expect(session!.load(xml`<a/>`, { format: 'set' })).rejects.toMatchObject({ code: 'NETCONF_XML' })
  })
})
