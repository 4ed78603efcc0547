import { join } from 'node:path'
import { reveal, type Secret, type Step } from 'antidote'
import { netconf } from 'antidote/plugins'
import { afterEach, expect, test } from 'vitest'
import { specOf } from '../../base/model/machine-spec.ts'
import { BASE11, capability, device, NetconfServer, operationOf } from '../../machine/netconf/server.ts'
import { temporary } from '../../support/directory.ts'

const CANDIDATE = [BASE11, ...['candidate:1.0', 'validate:1.1'].map(capability)]
const REFUSED =
  '<rpc-error><error-severity>error</error-severity><error-message>no such leaf</error-message></rpc-error>'

let server: NetconfServer | undefined
afterEach(async () => {
  await server?.deserted()
  server?.stop()
})

/** A device whose configuration is what was committed last; when it was committed is in its answer, as Junos has it. */
const start = async (answers: Record<string, string> = {}) => {
  const asked: string[] = []
  const state = { candidate: '<a/>', running: '<a/>', commits: 0 }
  server = await NetconfServer.start((peer) => {
    const next = peer.next.bind(peer)
    peer.next = async () => {
      const request = await next()
      if (request?.includes('<rpc ')) asked.push(request)
      return request
    }
    const load = (request: string) => {
      state.candidate = /<config(?:uration)?[\s>][\s\S]*<\/config(?:uration)?>/.exec(request)?.[0] ?? request
      return '<ok/>'
    }
    return device(CANDIDATE, {
      'get-config': () =>
        `<data><configuration junos:commit-seconds="${state.commits}" xmlns:junos="j"><x>${state.running.length}</x></configuration></data>`,
      'edit-config': load,
      'load-configuration': load,
      commit: () => {
        state.running = state.candidate
        state.commits++
        return '<ok/>'
      },
      ...answers,
    })(peer)
  })
  return { asked, state, operations: () => asked.map(operationOf) }
}

type Fn = (subject: never, step: Step) => Promise<void>

/** What the plugin does for an endpoint of a lesson whose stage has this file. */
const configured = async (
  file: string,
  content: string,
  dialect: string,
  { at = server!.port, deadline = 5000 } = {},
) => {
  const taps: { fn: Fn; configures: (named: unknown) => boolean }[] = []
  const tap = ({ configures }: { configures: (named: unknown) => boolean }, fn: Fn) =>
    taps.push({ fn, configures })
  netconf({ lesson: true }).apply({ configure: { tap } } as never, { name: 'x', directory: '/nowhere' })
  const [{ fn, configures }] = taps as [(typeof taps)[0]]
  const told: string[] = []
  const step = {
    signal: new AbortController().signal,
    log: { info: () => {}, warn: () => {} },
    mask: (value: string | Secret) => void reveal(value),
  }
  const configuration = { type: 'netconf', file: join(temporary({ [file]: content }), file), dialect }
  expect([configures(configuration), configures({ type: 'python' }), configures(undefined)]).toEqual([
    true,
    false,
    false,
  ])
  await fn(
    {
      spec: specOf({ login: { user: 'root', password: 'secret' } }),
      configuration,
      deadline,
      at: (port: number) => ({ host: '127.0.0.1', port: port === 830 ? at : server!.port }),
      tell: (effect: string) => void told.push(effect),
    } as never,
    step as never,
  )
  return told
}

test('a file is committed once, and told to be there the second time', async () => {
  const { operations, asked } = await start()
  const content = '<?xml version="1.0"?>\n<system><hostname>a</hostname></system>\n'
  expect(await configured('a-netconf.xml', content, 'generic')).toEqual(['changed'])
  expect(operations()).toEqual([
    ...['get-config', 'lock', 'edit-config', 'validate', 'commit', 'unlock', 'get-config', 'close-session'],
  ])
  expect(asked[2]).toContain('<config><system><hostname>a</hostname></system></config>')
  expect(await configured('a-netconf.xml', content, 'generic')).toEqual(['unchanged'])
})

test.for([
  ['<configuration operation="replace"><system/></configuration>', 'action="replace" format="xml"'],
  ['set system host-name a\ndelete system services\n', 'action="set" format="text"'],
  ['system { host-name a; }\n', 'action="replace" format="text"'],
])('Junos is given %j with %s', async ([content, attributes]) => {
  const { asked, operations } = await start()
  expect(await configured('a-junos.txt', content!, 'junos')).toEqual(['changed'])
  expect(operations()).toContain('load-configuration')
  expect(asked.find((request) => operationOf(request) === 'load-configuration')).toContain(attributes)
})

test('what is refused is discarded, and one error', async () => {
  const { operations, state } = await start({ validate: REFUSED })
  await expect(configured('a-netconf.xml', '<x/>', 'generic')).rejects.toMatchObject({
    code: 'NETCONF_RPC',
    message: expect.stringContaining('no such leaf'),
  })
  expect(operations().slice(-4)).toEqual(['validate', 'discard-changes', 'unlock', 'close-session'])
  expect(state.commits).toBe(0)
})

test('what is not XML reaches no device', async () => {
  await start()
  await expect(configured('a-netconf.xml', '<x>', 'generic')).rejects.toMatchObject({ code: 'NETCONF_XML' })
})

test('where nobody answers on its own port, the one of SSH is asked', async () => {
  await start()
  expect(await configured('a-netconf.xml', '<x/>', 'generic', { at: 1 })).toEqual(['changed'])
})
