import { afterEach, describe, expect, test } from 'vitest'
import { openNetconf } from '../../../core/machine/netconf/open.ts'
import type { NetconfOptions, NetconfSession } from '../../../core/machine/netconf/types.ts'
import { xml } from '../../../core/machine/netconf/xml.ts'
import { BASE11, capability, device, NetconfServer, operationOf, type Peer } from './server.ts'

const REFUSED =
  '<rpc-error><error-severity>error</error-severity><error-message>no</error-message></rpc-error>'
const WARNED =
  '<rpc-error><error-severity>warning</error-severity><error-message>hm</error-message></rpc-error><ok/>'

const CANDIDATE = [BASE11, ...['candidate:1.0', 'validate:1.1', 'confirmed-commit:1.1'].map(capability)]

let server: NetconfServer
let asked: string[]

type Answers = Record<string, string | ((request: string) => string)>

const open = async (
  capabilities: readonly string[],
  answers: Answers,
  more: Partial<NetconfOptions> = {},
  meet: (operation: string, peer: Peer) => void = () => {},
): Promise<NetconfSession> => {
  asked = []
  server = await NetconfServer.start((peer) => {
    const next = peer.next.bind(peer)
    peer.next = async () => {
      const request = await next()
      if (!request?.includes('<rpc ')) return request
      asked.push(operationOf(request))
      meet(operationOf(request), peer)
      return request
    }
    return device(capabilities, answers)(peer)
  })
  return openNetconf(server.options(more))
}

afterEach(async () => {
  await server.deserted()
  server.stop()
})

const CONFIG = xml`<system><hostname>a</hostname></system>`

const changed = async (
  capabilities: readonly string[],
  answers: Answers,
  options: Parameters<NetconfSession['change']>[1] = {},
  more: Partial<NetconfOptions> = {},
) => {
  const session = await open(capabilities, answers, more)
  const outcome = await session.change(CONFIG, options).catch((error: unknown) => error)
  const list = [...asked]
  await session.close()
  return { outcome, list }
}

describe('a change', () => {
  test('of the candidate is locked, validated and committed', async () => {
    const { outcome, list } = await changed(CANDIDATE, { validate: WARNED, commit: WARNED })
    expect(outcome).toMatchObject([{ message: 'hm' }, { message: 'hm' }])
    expect(list).toEqual(['lock', 'edit-config', 'validate', 'commit', 'unlock'])
  })

  test.each([
    [
      'is not validated on request',
      CANDIDATE,
      { validate: false },
      ['lock', 'edit-config', 'commit', 'unlock'],
    ],
    [
      'is not validated where the server cannot',
      [BASE11, capability('candidate:1.0')],
      {},
      ['lock', 'edit-config', 'commit', 'unlock'],
    ],
    [
      'of running is not committed',
      [BASE11, capability('writable-running:1.0')],
      {},
      ['lock', 'edit-config', 'unlock'],
    ],
  ])('%s', async (_name, capabilities, options, list) => {
    expect(await changed(capabilities, {}, options)).toEqual({ outcome: [], list })
  })

  test('is validated by its edit at a server that forgets what was validated apart', async () => {
    let edit = ''
    const capabilities = [...CANDIDATE, 'http://yuma123.org/ns/yuma123-system?module=yuma123-system']
    const answers = {
      'edit-config': (request: string) => {
        edit = request
        return '<ok/>'
      },
    }
    expect((await changed(capabilities, answers)).list).toEqual(['lock', 'edit-config', 'commit', 'unlock'])
    expect(edit).toContain('<test-option>test-then-set</test-option>')
  })

  test('in the words of a dialect is loaded', async () => {
    const session = await open(CANDIDATE, {}, { dialect: 'junos' })
    await session.change('set system host-name a', { format: 'set' })
    expect(asked).toEqual(['lock', 'load-configuration', 'validate', 'commit', 'unlock'])
    await session.close()
  })

  test.each([
    ['edit-config', ['lock', 'edit-config', 'discard-changes', 'unlock']],
    ['validate', ['lock', 'edit-config', 'validate', 'discard-changes', 'unlock']],
    ['commit', ['lock', 'edit-config', 'validate', 'commit', 'discard-changes', 'unlock']],
    ['lock', ['lock']],
  ])('that fails at %s is taken back', async (operation, list) => {
    const { outcome, list: done } = await changed(CANDIDATE, { [operation]: REFUSED })
    expect(outcome).toMatchObject({
      code: 'NETCONF_RPC',
      message: expect.stringContaining(`<${operation}>: no`),
    })
    expect(done).toEqual(list)
  })

  test('of running that fails is unlocked', async () => {
    const { outcome, list } = await changed([BASE11, capability('writable-running:1.0')], {
      'edit-config': REFUSED,
    })
    expect(outcome).toMatchObject({ code: 'NETCONF_RPC' })
    expect(list).toEqual(['lock', 'edit-config', 'unlock'])
  })

  test('that cannot be taken back says so with its reason, and ends the session, which frees the lock', async () => {
    const answers = { commit: REFUSED, 'discard-changes': REFUSED, unlock: REFUSED }
    const { outcome } = await changed(CANDIDATE, answers)
    expect(outcome).toMatchObject({
      message: expect.stringContaining('<commit>'),
      details: {
        lines: [
          expect.stringMatching(/^discard-changes failed too: .* refused <discard-changes>: no\.$/),
          expect.stringMatching(/^unlock failed too: .* refused <unlock>: no\.$/),
        ],
      },
    })
  })

  test('whose lock is not given back ends the session', async () => {
    const session = await open(CANDIDATE, { unlock: REFUSED })
    await expect(session.change(CONFIG)).rejects.toMatchObject({
      message: expect.stringContaining('<unlock>'),
    })
    await server.deserted()
    await expect(session.get()).rejects.toMatchObject({ message: expect.stringContaining('<unlock>') })
  })
})

describe('a change that is to be confirmed', () => {
  const confirm = { timeout: 30 }

  test('is committed twice, with the check between', async () => {
    const seen: string[][] = []
    const check = async () => void seen.push([...asked])
    const { list, outcome } = await changed(CANDIDATE, { commit: WARNED }, { confirm: { ...confirm, check } })
    expect(seen).toEqual([['lock', 'edit-config', 'validate', 'commit']])
    expect(list).toEqual(['lock', 'edit-config', 'validate', 'commit', 'commit', 'unlock'])
    expect(outcome).toHaveLength(2)
  })

  const failing = { confirm: { ...confirm, check: () => Promise.reject(new Error('no route')) } }

  test('is cancelled where the check fails', async () => {
    const { list, outcome } = await changed(CANDIDATE, {}, failing)
    expect(outcome).toEqual(new Error('no route'))
    expect(list.slice(3)).toEqual(['commit', 'cancel-commit', 'discard-changes', 'unlock'])
  })

  test('is rolled back by a dialect that has no cancel-commit', async () => {
    const old = [...CANDIDATE.slice(0, 3), capability('confirmed-commit:1.0')]
    const { list } = await changed(old, {}, failing, { dialect: 'junos' })
    expect(list.slice(3)).toEqual(['commit', 'load-configuration', 'commit', 'discard-changes', 'unlock'])
  })

  test('ends the session where that is what takes it back', async () => {
    const old = [...CANDIDATE.slice(0, 3), capability('confirmed-commit:1.0')]
    const { list, outcome } = await changed(old, {}, failing)
    expect(list.slice(3)).toEqual(['commit'])
    expect(outcome).toEqual(new Error('no route'))
  })

  test('is not begun where the server cannot', async () => {
    const { list, outcome } = await changed(CANDIDATE.slice(0, 3), {}, { confirm })
    expect(outcome).toMatchObject({ code: 'NETCONF_UNSUPPORTED' })
    expect(list).toEqual([])
  })
})

describe('an abort', () => {
  test('in the middle of a change takes it back, then ends the session', async () => {
    const control = new AbortController()
    const reason = new Error('stopped by the user')
    const session = await open(CANDIDATE, {}, { signal: control.signal }, (operation) => {
      if (operation === 'commit') control.abort(reason)
    })
    await expect(session.change(CONFIG)).rejects.toBe(reason)
    expect(asked).toEqual(['lock', 'edit-config', 'validate', 'commit', 'discard-changes', 'unlock'])
    await server.deserted()
    await expect(session.get()).rejects.toBe(reason)
  })

  test('at any other time ends the session at once', async () => {
    const control = new AbortController()
    const reason = new Error('stopped by the user')
    const session = await open(CANDIDATE, {}, { signal: control.signal }, (operation) => {
      if (operation === 'get') control.abort(reason)
    })
    await expect(session.get()).rejects.toBe(reason)
    await server.deserted()
  })
})
