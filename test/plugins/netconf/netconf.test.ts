import { reveal, type Secret, type Step, secret } from 'antidote'
import { type NetconfPluginOptions, netconf } from 'antidote/plugins'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { anyHostKey } from '../../../core/machine/host-keys/host-keys.ts'
import { specOf } from '../../base/model/machine-spec.ts'
import { BASE11, capability, device, NetconfServer, operationOf } from '../../machine/netconf/server.ts'
import { temporary } from '../../support/directory.ts'

const CANDIDATE = [
  BASE11,
  ...['candidate:1.0', 'validate:1.1', 'confirmed-commit:1.1', 'xpath:1.0'].map(capability),
]
const REFUSED =
  '<rpc-error><error-severity>error</error-severity><error-message>no</error-message></rpc-error>'

let server: NetconfServer
let asked: string[]
let logged: string[]
let masked: string[]

const start = async (answers: Record<string, string> = {}) => {
  server = await NetconfServer.start((peer) => {
    const next = peer.next.bind(peer)
    peer.next = async () => {
      const request = await next()
      if (request?.includes('<rpc ')) asked.push(request)
      return request
    }
    return device(CANDIDATE, answers)(peer)
  })
}

beforeEach(() => {
  asked = []
  logged = []
  masked = []
})
afterEach(async () => {
  await server.deserted()
  server.stop()
})

const stepIn = (directory: string) =>
  ({
    directory,
    signal: new AbortController().signal,
    log: {
      info: (text: string) => void logged.push(text),
      warn: (text: string) => void logged.push(`warning: ${text}`),
    },
    mask: (value: string | Secret) => void masked.push(reveal(value)),
  }) as unknown as Step

type Fn = (subject: never, step: Step) => unknown

/** The plugin's taps by stage, and what they are keyed by. */
const tapsOf = (options: NetconfPluginOptions) => {
  const taps: Record<string, { fn: Fn; files?: readonly string[] }> = {}
  const hook = (stage: string) => ({
    tap: ({ files }: { files?: readonly string[] }, fn: Fn) => {
      taps[stage] = { fn, ...(files && { files }) }
    },
  })
  const hooks = Object.fromEntries(
    ['provision', 'boot', 'test', 'configure'].map((stage) => [stage, hook(stage)]),
  )
  netconf(options).apply(hooks as never, { name: 'x', directory: '/nowhere' })
  return taps
}

const spec = specOf({ login: { user: 'root', password: 'secret' } })

/** Configures the device that the server stands for. */
const configured = async (options: NetconfPluginOptions, directory = '/nowhere') => {
  const at = (port: number) => ({ host: '127.0.0.1', port: port === 830 ? server.port : port })
  await tapsOf(options).configure!.fn({ spec, at } as never, stepIn(directory))
}

const operations = () => asked.map(operationOf)
const sent = (operation: string) => asked.find((request) => operationOf(request) === operation)

describe('configure', () => {
  test('sends ready configurations, filled in; those of Junos say what they replace', async () => {
    await start()
    const address = { interface: 'a&b', address: '10.0.0.1', length: 24 }
    await configured({
      configure: [
        { template: 'ietf-hostname', values: { hostname: 'leaf' } },
        { template: 'ietf-interface', values: { interface: 'eth1', description: '<x>' } },
        { template: 'ietf-address', values: address },
      ],
    })
    const edits = asked.filter((request) => operationOf(request) === 'edit-config')
    expect(edits[0]).toContain('<hostname>leaf</hostname>')
    expect(edits[1]).toContain('<description>&lt;x&gt;</description>')
    expect(edits[2]).toMatch(/<name>a&amp;b<\/name>[\s\S]*<prefix-length>24</)
    await configured({ dialect: 'junos', configure: { template: 'junos-address', values: address } })
    expect(sent('load-configuration')).toMatch(
      /action="replace"[\s\S]*<inet replace="replace">[\s\S]*10\.0\.0\.1\/24/,
    )
  })

  test('makes changes in order, in one session, from files and from the config', async () => {
    await start({ commit: REFUSED.replace('>error<', '>warning<').concat('<ok/>') })
    const directory = temporary({
      'a.xml':
        '\uFEFF<?xml version="1.0"?>\n<system><hostname>{{ name }}</hostname><p>{{word}}</p></system>\n',
    })
    const values = { name: '<b> & "c"', word: secret('hidden') }
    const configure = [
      { file: 'a.xml', values, validate: false },
      { config: { system: { mtu: 1500 } }, defaultOperation: 'replace' as const },
    ]
    expect(tapsOf({ configure }).configure!.files).toEqual(['a.xml'])
    await configured({ configure }, directory)
    expect(operations()).toEqual([
      ...['lock', 'edit-config', 'commit', 'unlock'],
      ...['lock', 'edit-config', 'validate', 'commit', 'unlock', 'close-session'],
    ])
    expect(asked[1]).toContain(
      '<config><system><hostname>&lt;b&gt; &amp; &quot;c&quot;</hostname><p>hidden</p></system></config>',
    )
    expect(asked[5]).toMatch(/<default-operation>replace<[\s\S]*<mtu>1500</)
    expect(logged).toEqual([
      'warning: a.xml: no',
      `a.xml: committed by 127.0.0.1:${server.port}`,
      'warning: The configuration 2: no',
      `The configuration 2: committed by 127.0.0.1:${server.port}`,
    ])
    expect(masked.sort()).toEqual(['hidden', 'secret'])
  })

  test('speaks a dialect, whose text formats take values as they are', async () => {
    await start()
    const change = {
      config: 'set system host-name {{name}}',
      values: { name: 'a&b' },
      format: 'set' as const,
    }
    await configured({ dialect: 'junos', configure: change })
    expect(sent('load-configuration')).toContain(
      '<configuration-set>set system host-name a&amp;b</configuration-set>',
    )
    await expect(
      configured({ dialect: 'junos', configure: { ...change, values: { name: 'a\ndelete system' } } }),
    ).rejects.toMatchObject({ code: 'NETCONF_TEMPLATE' })
  })

  test('commits for good once another session could be opened', async () => {
    await start()
    await configured({ configure: { config: '<a/>', confirm: 30 } })
    expect(operations()).toEqual([
      'lock',
      'edit-config',
      'validate',
      'commit',
      'close-session',
      'commit',
      'unlock',
      'close-session',
    ])
    expect(sent('commit')).toContain('<confirm-timeout>30</confirm-timeout>')
  })

  test('ends its session after an error, and does not go on', async () => {
    await start({ commit: REFUSED })
    await expect(configured({ configure: [{ config: '<a/>' }, { config: '<b/>' }] })).rejects.toMatchObject({
      code: 'NETCONF_RPC',
    })
    expect(operations().slice(3)).toEqual(['commit', 'discard-changes', 'unlock', 'close-session'])
  })

  test.each([
    [
      '<a>\n<b>\n</a>',
      {},
      'NETCONF_XML',
      /^c\.xml is not XML that can be sent: Unexpected close tag in line 3/,
    ],
    ['<!DOCTYPE a><a/>', {}, 'NETCONF_XML', /DOCTYPE/],
    ['<a>{{b}}</a>', { values: { c: 1 } }, 'NETCONF_TEMPLATE', /c\.xml has "\{\{b\}\}"/],
    ['<a>{{toString}}</a>', { values: {} }, 'NETCONF_TEMPLATE', /toString/],
  ])('reaches no device with %j', async (text, more, code, message) => {
    await start()
    const configure = [{ config: '<a/>' }, { file: 'c.xml', ...more }]
    await expect(configured({ configure }, temporary({ 'c.xml': text }))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    })
    expect(asked).toEqual([])
  })
})

describe('test', () => {
  const data = '<data><system><hostname>a</hostname><mtu>1500</mtu><mtu>9000</mtu></system></data>'
  const asserted = async (options: NetconfPluginOptions['test']) => {
    const at = () => ({ host: '127.0.0.1', port: server.port, hostKeys: anyHostKey })
    await tapsOf({ test: options! }).test!.fn({ spec, at } as never, stepIn('/nowhere'))
  }

  test('asks once for each, by its filter', async () => {
    await start({ get: data, 'get-config': data })
    await asserted([
      { path: 'system/hostname' },
      { path: 'system/hostname', equals: 'a', subtree: '<system/>' },
      { path: 'system/mtu', equals: ['9000', '1500'], xpath: '/s:system', namespaces: { s: 'urn:s' } },
      { path: 'system/mtu', matches: '^\\d+$', count: 2, source: 'candidate' },
      { path: 'system/none', count: 0 },
    ])
    expect(operations()).toEqual(['get', 'get', 'get', 'get-config', 'get', 'close-session'])
    expect(asked[1]).toMatch(/<filter type="subtree">\s*<system\/>/)
    expect(asked[2]).toContain('<filter xmlns:s="urn:s" type="xpath" select="/s:system"/>')
    expect(asked[3]).toMatch(/<source>\s*<candidate\/>/)
  })

  test.each([
    [{ path: 'system/none' }, /system\/none: found nothing/],
    [
      { path: 'system/hostname', equals: 'b', name: 'The name' },
      /The name: system\/hostname: expected "b", found "a"/,
    ],
    [{ path: 'system/hostname', equals: [] }, /expected nothing, found "a"/],
    [{ path: 'system/mtu', equals: '1500' }, /found "1500", "9000"/],
    [{ path: 'system/mtu', matches: '^9' }, /expected \/\^9\//],
    [{ path: 'system/mtu', count: 1 }, /expected 1 elements/],
  ])('%j is not met', async (assertion, message) => {
    await start({ get: data })
    await expect(asserted(assertion)).rejects.toMatchObject({
      code: 'NETCONF_ASSERTION',
      message: expect.stringMatching(message),
    })
  })

  test('names all that are not met', async () => {
    await start({ get: data })
    await expect(asserted([{ path: 'x' }, { path: 'system' }, { path: 'y' }])).rejects.toMatchObject({
      message: expect.stringContaining('in 2 of 3 places'),
      details: { lines: ['x: found nothing', 'y: found nothing'] },
    })
  })
})

describe('provision', () => {
  const disk = {
    kind: 'disk',
    key: 'k',
    chain: [],
    machine: { memory: 1024, ports: [{ port: 22, protocol: 'tcp' }] },
  }

  test('works in a machine whose port is forwarded', async () => {
    await start()
    let booted: unknown
    const step = {
      ...stepIn('/nowhere'),
      boot: async (one: unknown, work: (machine: unknown) => Promise<void>) => {
        booted = one
        await work({
          spec,
          // a method, which is called as one
          ports: { 830: server.port },
          at(this: { ports: Record<number, number> }, port: number) {
            return { host: '127.0.0.1', port: this.ports[port] ?? 1 }
          },
        })
        return 'changed'
      },
    } as unknown as Step
    const result = await tapsOf({ provision: { config: '<a/>' } }).provision!.fn(disk as never, step)
    expect(result).toBe('changed')
    expect(operations()).toContain('commit')
    expect(booted).toMatchObject({
      machine: { memory: 1024, ports: [{ port: 22 }, { port: 830, protocol: 'tcp' }] },
    })
  })

  test('does not work in a tree', async () => {
    await start()
    const { fn } = tapsOf({ provision: { config: '<a/>' } }).provision!
    await expect(fn({ kind: 'tree' } as never, stepIn('/nowhere'))).rejects.toMatchObject({
      code: 'NETCONF_TREE',
    })
  })
})

test('boot adds the port once', async () => {
  await start()
  const { fn } = tapsOf({ port: 831, test: { path: 'x' } }).boot!
  const once = fn(spec as never, stepIn('/nowhere')) as typeof spec
  expect(once.ports).toEqual([...spec.ports, { port: 831, protocol: 'tcp' }])
  expect(fn(once as never, stepIn('/nowhere'))).toEqual(once)
})
