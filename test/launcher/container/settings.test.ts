import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { misspelt, readSettings } from '../../../core/launcher/container/settings.ts'

const DEFAULTS = {
  spec: {},
  qemuArguments: [],
  state: '/var/lib/antidote',
  persist: false,
  identity: hostname(),
  network: { mac: 'own', deadline: 120_000, settle: 0 },
  outgoing: 'network',
  healthPort: 8099,
  given: {},
}

test('an empty environment changes nothing', () => {
  expect(readSettings({})).toEqual(DEFAULTS)
  expect(readSettings({ ANTIDOTE_MEMORY: '', CLAB_INTFS: '' })).toEqual(DEFAULTS)
})

test.for([
  ['512', 512],
  ['512M', 512],
  ['2G', 2048],
] as const)('ANTIDOTE_MEMORY=%s', ([text, mebibytes]) => {
  expect(readSettings({ ANTIDOTE_MEMORY: text }).spec).toEqual({ memory: mebibytes })
})

test('every setting reaches its place, and is told', () => {
  const env = {
    ANTIDOTE_CPUS: '4',
    ANTIDOTE_ACCELERATOR: 'tcg',
    ANTIDOTE_DEADLINE: '60',
    ANTIDOTE_STOP_DEADLINE: '9',
    ANTIDOTE_MANAGEMENT: 'transparent',
    ANTIDOTE_HOSTNAME: 'r1',
    ANTIDOTE_QEMU_ARGS: `-d 'guest errors'`,
    ANTIDOTE_STATE: '/data',
    ANTIDOTE_PERSIST: '1',
    ANTIDOTE_ID: 'lab-r1',
    ANTIDOTE_MAC: 'interface',
    ANTIDOTE_INTERFACES: '3',
    ANTIDOTE_INTERFACES_DEADLINE: '5',
    ANTIDOTE_SETTLE: '2',
    ANTIDOTE_FIRST_INTERFACE: 'net1',
    ANTIDOTE_MANAGEMENT_INTERFACE: 'ens1',
    ANTIDOTE_DATA_INTERFACES: '10.1.0.0/24, 02:42:0a:01:00:09,eth9',
    ANTIDOTE_OUTGOING: 'none',
    ANTIDOTE_HEALTH_PORT: '0',
  }
  expect(readSettings({ ...env, PATH: '/bin', ANTIDOTE_PASSWORD: 'secret' })).toEqual({
    spec: {
      ...{ cpus: 4, accelerator: 'tcg', deadline: 60, shutdownDeadline: 9 },
      ...{ management: 'transparent' },
    },
    hostname: 'r1',
    qemuArguments: ['-d', 'guest errors'],
    state: '/data',
    persist: true,
    identity: 'lab-r1',
    network: {
      mac: 'interface',
      interfaces: 3,
      deadline: 5000,
      settle: 2000,
      first: 'net1',
      management: expect.objectContaining({ text: 'ens1' }),
      order: ['10.1.0.0/24', '02:42:0a:01:00:09', 'eth9'].map((text) => expect.objectContaining({ text })),
    },
    outgoing: 'none',
    healthPort: 0,
    given: env,
  })
})

test("containerlab's number of interfaces counts where ours is not set", () => {
  expect(readSettings({ CLAB_INTFS: '2' }).network.interfaces).toBe(2)
  expect(readSettings({ CLAB_INTFS: '2', ANTIDOTE_INTERFACES: '0' }).network.interfaces).toBe(0)
})

test.for([
  ['ANTIDOTE_MEMORY', 'lots'],
  ['ANTIDOTE_MEMORY', '0'],
  ['ANTIDOTE_MEMORY', '1T'],
  ['ANTIDOTE_CPUS', '0'],
  ['ANTIDOTE_CPUS', '1.5'],
  ['ANTIDOTE_ACCELERATOR', 'xen'],
  ['ANTIDOTE_HOSTNAME', '-a'],
  ['ANTIDOTE_HOSTNAME', 'a b'],
  ['ANTIDOTE_QEMU_ARGS', "'"],
  ['ANTIDOTE_STATE', 'data'],
  ['ANTIDOTE_PERSIST', 'maybe'],
  ['ANTIDOTE_MAC', 'random'],
  ['ANTIDOTE_INTERFACES', '33'],
  ['CLAB_INTFS', 'all'],
  ['ANTIDOTE_FIRST_INTERFACE', 'a/b'],
  ['ANTIDOTE_MANAGEMENT_INTERFACE', '10.0.0.0/33'],
  ['ANTIDOTE_DATA_INTERFACES', 'eth1,,eth2'],
  ['ANTIDOTE_MANAGEMENT', 'bridge'],
  ['ANTIDOTE_OUTGOING', 'internet'],
  ['ANTIDOTE_HEALTH_PORT', '65536'],
  ['ANTIDOTE_DEADLINE', '-1'],
] as const)('%s=%s is refused by name', ([name, value]) => {
  expect(() => readSettings({ [name]: value })).toThrow(
    expect.objectContaining({
      code: 'LAUNCHER_SETTING',
      message: expect.stringContaining(`${name} is "${value}"`),
    }),
  )
})

test('a misspelt setting is told, another product with our prefix is not', () => {
  const env = {
    ANTIDOTE_MEMROY: '1G',
    ANTIDOTE_PORT: 'tcp://10.0.0.1:22',
    ANTIDOTE_PASSWORD: 'x',
    MEMORY: '1',
  }
  expect(misspelt(env)).toEqual([['ANTIDOTE_MEMROY', 'ANTIDOTE_MEMORY']])
})
