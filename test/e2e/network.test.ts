import { expect, test } from 'vitest'
import { run } from '../../core/base/process/run.ts'
import { makeLab, only, opened, without } from '../launcher/network/lab.ts'
import { onTmpfs } from '../support/child.ts'

/** Processes in a namespace, one a line. */
const processesIn = async (namespace: string): Promise<string> =>
  (await run(['ip', 'netns', 'pids', namespace])).stdout

const LLDP = '01:80:c2:00:00:0e'
const LACP = '01:80:c2:00:00:02'

test('with CAP_NET_ADMIN alone frames pass both ways, link-local multicast and jumbo frames as well', async () => {
  const lab = await makeLab()
  await lab.link('net0', 'net1')
  for (const place of ['container', 'peer'] as const) await lab.ip(place, 'link set net1 mtu 9000')
  await lab.ip('container', 'addr add 192.0.2.9/24 dev net0')
  const launcher = lab.launch({}, only('net_admin'))
  const { slots } = await opened(launcher)
  expect(slots).toEqual([
    {
      ...{ slot: 1, tap: 'antidote-tap1', interface: 'net0', mtu: 1500, up: true },
      addresses: ['192.0.2.9/24'],
    },
    { slot: 2, tap: 'antidote-tap2', interface: 'net1', mtu: 9000, up: true },
  ])
  await lab.plug({ 'antidote-tap1': 'eth1', 'antidote-tap2': 'eth2' }, 9000)
  expect(await lab.frame(['peer', 'net0'], ['guest', 'eth1'], LLDP, '88cc', 100)).toBe(`${LLDP} 100`)
  expect(await lab.frame(['guest', 'eth1'], ['peer', 'net0'], LLDP, '88cc', 100)).toBe(`${LLDP} 100`)
  expect(await lab.frame(['guest', 'eth1'], ['peer', 'net0'], LACP, '8809', 124)).toBe(`${LACP} 124`)
  expect(await lab.frame(['guest', 'eth2'], ['peer', 'net1'], 'ff:ff:ff:ff:ff:ff', '88b5', 9014)).toBe(
    'ff:ff:ff:ff:ff:ff 9014',
  )
  expect(await lab.frame(['peer', 'net1'], ['guest', 'eth2'], 'ff:ff:ff:ff:ff:ff', '88b5', 9014)).toBe(
    'ff:ff:ff:ff:ff:ff 9014',
  )
})

test('leaves nothing behind, and takes the container off the link while it is open', async () => {
  const lab = await makeLab()
  await lab.link('net0')
  await lab.ip('container', 'addr add 192.0.2.9/24 dev net0')
  const before = await lab.links('container')
  const launcher = lab.launch({ slots: 3 })
  const { slots } = await opened(launcher)
  expect(slots.map(({ tap, up }) => [tap, up])).toEqual([
    ['antidote-tap1', true],
    ['antidote-tap2', false],
    ['antidote-tap3', false],
  ])
  expect(await lab.exec('container', 'ip', '-o', 'addr', 'show', 'dev', 'net0')).toBe('')
  expect(await lab.exec('container', 'ip', '-d', 'link', 'show', 'antidote-tap1')).toContain('user 64055')
  launcher.process.kill('SIGTERM')
  expect(await launcher.ended).toBe(0)
  const { at } = lab
  expect(await lab.links('container')).toEqual(before)
  expect(await lab.exec('container', 'tc', 'qdisc', 'show', 'dev', 'net0')).not.toContain('clsact')
  expect(await processesIn(at('container'))).toBe('')
})

test('an interface that goes, comes back, comes late, loses its carrier or changes its MTU', async () => {
  const lab = await makeLab()
  await lab.link('net0', 'net2')
  const launcher = lab.launch({ slots: 4 })
  const { slots } = await opened(launcher)
  expect(slots.map((slot) => slot.interface)).toEqual(['net0', undefined, 'net2', undefined])
  await launcher.said('link {"slot":4')
  const seen = () => launcher.lines('link').map((line) => JSON.parse(line))
  expect(seen().map(({ slot, up }) => [slot, up])).toEqual([
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ])

  await lab.ip('peer', 'link set net2 down')
  await launcher.said('{"slot":3,"up":false')
  await lab.ip('peer', 'link set net2 up')
  await expect.poll(() => seen().at(-1)).toMatchObject({ slot: 3, up: true })

  await lab.ip('container', 'link del net2')
  await expect.poll(() => seen().at(-1)).toEqual({ slot: 3, up: false, mtu: 1500 })
  expect(await lab.exec('container', 'tc', 'qdisc', 'show', 'dev', 'antidote-tap3')).not.toContain('clsact')
  await lab.link('net2')
  await expect.poll(() => seen().at(-1)).toMatchObject({ slot: 3, up: true, interface: 'net2' })

  await lab.link('net1')
  await launcher.said('{"slot":2,"up":true')
  await lab.link('net7')
  await launcher.said('say net7 came too late to be slot 8')
  expect(launcher.output()).toContain('ANTIDOTE_INTERFACES')

  await lab.ip('container', 'link set net1 mtu 4000')
  await expect
    .poll(async () => (await lab.links('container')).find(({ ifname }) => ifname === 'antidote-tap2')?.mtu)
    .toBe(4000)

  await lab.plug({ 'antidote-tap2': 'eth2', 'antidote-tap3': 'eth3' })
  expect(await lab.frame(['peer', 'net2'], ['guest', 'eth3'], LLDP, '88cc', 60)).toBe(`${LLDP} 60`)
  expect(await lab.frame(['guest', 'eth2'], ['peer', 'net1'], LLDP, '88cc', 60)).toBe(`${LLDP} 60`)
})

test('waits for as many interfaces as asked, and says what is missing after the deadline', async () => {
  const lab = await makeLab()
  await lab.link('eth1')
  const launcher = lab.launch({ interfaces: 2 })
  await launcher.said('say waiting for 2 data interfaces; there are 1')
  await lab.link('eth2')
  expect((await opened(launcher)).slots.map((slot) => slot.interface)).toEqual(['eth1', 'eth2'])
  launcher.process.kill('SIGTERM')
  await launcher.ended

  const impatient = lab.launch({ interfaces: 4, deadline: 300 })
  expect((await opened(impatient)).slots.map((slot) => slot.interface)).toEqual([
    'eth1',
    'eth2',
    undefined,
    undefined,
  ])
  expect(impatient.lines('say')[1]).toBe(
    '2 of 4 data interfaces came within 0 s; it starts without the others',
  )
})

test('twelve interfaces in numeric order, and 32 slots', async () => {
  const lab = await makeLab()
  const names = Array.from({ length: 12 }, (_, at) => `net${at}`)
  await lab.link(...[...names].reverse())
  const launcher = lab.launch({ slots: 32 })
  const { slots } = await opened(launcher)
  expect(slots.length).toBe(32)
  expect(slots.slice(0, 12).map((slot) => slot.interface)).toEqual(names)
  await lab.plug({ 'antidote-tap11': 'eth11' })
  expect(await lab.frame(['peer', 'net10'], ['guest', 'eth11'], LLDP, '88cc', 60)).toBe(`${LLDP} 60`)
})

test('a macvlan gives the guest its MAC address, and keeps it when it comes back', async () => {
  const lab = await makeLab()
  await lab.ip('peer', 'link add base type veth peer name far')
  for (const name of ['base', 'far']) await lab.ip('peer', `link set ${name} up`)
  const add = async () => {
    await lab.ip('peer', `link add link base name net0 netns ${lab.at('container')} type macvlan mode bridge`)
    await lab.ip('container', 'link set net0 up')
  }
  await add()
  const launcher = lab.launch({})
  const [slot] = (await opened(launcher)).slots
  expect(slot?.mac).toBe((await lab.links('container')).find(({ ifname }) => ifname === 'net0')?.address)
  expect(launcher.lines('say')).toContain(
    'the guest gets the MAC address of net0, which only takes frames for its own',
  )
  await lab.plug({ 'antidote-tap1': 'eth1' })
  expect(await lab.frame(['peer', 'far'], ['guest', 'eth1'], slot!.mac!, '88b5', 60)).toBe(`${slot!.mac} 60`)
  await lab.ip('container', 'link del net0')
  await launcher.said('"up":false')
  await add()
  await expect.poll(() => launcher.lines('link').at(-1)).toContain('"up":true')
  expect(await lab.frame(['peer', 'far'], ['guest', 'eth1'], slot!.mac!, '88b5', 60)).toBe(`${slot!.mac} 60`)
})

test('what a killed launcher left is replaced', async () => {
  const lab = await makeLab()
  await lab.link('net0')
  const killed = lab.launch({ slots: 2 })
  await opened(killed)
  killed.process.kill('SIGKILL')
  await killed.ended
  const launcher = lab.launch({})
  expect((await opened(launcher)).slots.map(({ tap }) => tap)).toEqual(['antidote-tap1'])
  expect(launcher.lines('say')).toEqual([
    'replacing what an earlier start left: antidote-tap1, antidote-tap2',
    'net0 is slot 1',
  ])
  await lab.plug({ 'antidote-tap1': 'eth1' })
  expect(await lab.frame(['guest', 'eth1'], ['peer', 'net0'], LLDP, '88cc', 60)).toBe(`${LLDP} 60`)
})

test('without CAP_NET_ADMIN: nothing to join is fine, interfaces are an error that says what to do', async () => {
  const lab = await makeLab()
  const idle = lab.launch({ slots: 2 }, without('net_admin'))
  expect((await opened(idle)).slots).toEqual([])
  await lab.link('net0', 'net1')
  const launcher = lab.launch({}, without('net_admin'))
  expect(await launcher.ended).toBe(1)
  expect(JSON.parse(launcher.lines('error')[0]!)).toEqual([
    'NETWORK_LACKS',
    'The data interfaces net0 and net1 need CAP_NET_ADMIN, which the container does not have.',
    expect.stringMatching(/--cap-add NET_ADMIN.*Kubernetes.*ANTIDOTE_INTERFACES=0/),
  ])
  const none = lab.launch({ interfaces: 0 }, without('net_admin'))
  expect((await opened(none)).slots).toEqual([])
})

test('without /dev/net/tun: an error that says what to do', async () => {
  const lab = await makeLab()
  await lab.link('eth1')
  const launcher = lab.launch({}, onTmpfs('/dev/net', 'mode=755'))
  expect(await launcher.ended).toBe(1)
  expect(JSON.parse(launcher.lines('error')[0]!)).toEqual([
    'NETWORK_LACKS',
    'The data interface eth1 needs /dev/net/tun, which the container does not have.',
    expect.stringContaining('--device /dev/net/tun'),
  ])
})

test('stopped while it waits, it leaves nothing behind', async () => {
  const lab = await makeLab()
  await lab.link('eth1')
  const before = await lab.links('container')
  const launcher = lab.launch({ interfaces: 2 })
  await launcher.said('say waiting')
  launcher.process.kill('SIGTERM')
  expect(await launcher.ended).toBe(1)
  expect(launcher.lines('error')).toEqual(['"Error: stopped"'])
  expect(await lab.links('container')).toEqual(before)
  expect(await processesIn(lab.at('container'))).toBe('')
})

test('management and the order are chosen by network, address and MAC, whatever the names are', async () => {
  const lab = await makeLab()
  await lab.link('eth0', 'eth1', 'eth2', 'eth3')
  for (const [name, address] of [
    ['eth0', '10.1.0.2/24'],
    ['eth1', '10.2.0.2/24'],
    ['eth2', '10.9.0.2/24'],
    ['eth2', 'fd00:9::2/64'],
  ])
    await lab.ip('container', `addr add ${address} dev ${name}`)
  const { address: mac } = (await lab.links('container')).find(({ ifname }) => ifname === 'eth3')!
  const launcher = lab.launch({ management: 'fd00:9::/64', order: ['10.2.0.0/24', mac, '10.1.0.2'] })
  const { slots } = await opened(launcher)
  expect(slots.map((slot) => [slot.interface, slot.addresses])).toEqual([
    ['eth1', ['10.2.0.2/24']],
    ['eth3', undefined],
    ['eth0', ['10.1.0.2/24']],
  ])
  expect(launcher.lines('say')).toEqual([
    'eth2 (10.9.0.2/24, fd00:9::2/64) is for management',
    'eth1 (10.2.0.2/24) is slot 1, eth3 is slot 2, eth0 (10.1.0.2/24) is slot 3',
  ])
  expect(await lab.exec('container', 'ip', '-o', '-4', 'addr', 'show', 'dev', 'eth2')).toContain(
    '10.9.0.2/24',
  )
})

test('a management interface that is asked for and not there, or not one, is named', async () => {
  const lab = await makeLab()
  await lab.link('eth0', 'eth1')
  for (const at of [0, 1]) await lab.ip('container', `addr add 10.1.${at}.2/24 dev eth${at}`)
  for (const [management, message] of [
    ['10.8.0.0/24', 'no interface of the container is that'],
    ['10.1.0.0/16', '2 interfaces of the container are that'],
  ] as const) {
    const launcher = lab.launch({ management })
    expect(await launcher.ended).toBe(1)
    expect(JSON.parse(launcher.lines('error')[0]!)).toEqual([
      'NETWORK_INTERFACE',
      `ANTIDOTE_MANAGEMENT_INTERFACE is "${management}", and ${message}.`,
      expect.stringMatching(/^The container has eth0 \(10\.1\.0\.2\/24\) with [0-9a-f:]{17}; eth1 /),
    ])
  }
})
