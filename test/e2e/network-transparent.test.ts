import { expect, test } from 'vitest'
import { type Lab, makeLab, only, opened, without } from '../launcher/network/lab.ts'

const GATEWAY = '198.51.100.1'
const ADDRESS = '198.51.100.7'

/** A container with a management network, as an engine makes it. */
const makeManaged = async (): Promise<Lab> => {
  const lab = await makeLab()
  await lab.link('eth0')
  await lab.ip('peer', `addr add ${GATEWAY}/24 dev eth0`)
  await lab.ip('container', `addr add ${ADDRESS}/24 brd 198.51.100.255 dev eth0`)
  await lab.ip('container', `route add default via ${GATEWAY} proto static metric 100`)
  await lab.ip('container', `route add 203.0.113.0/24 via 198.51.100.3`)
  return lab
}

/** The addresses, routes and alias of the container's eth0. */
const stateOf = async ({ exec }: Lab): Promise<string[]> => [
  await exec('container', 'ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0'),
  await exec('container', 'ip', 'route'),
  await exec('container', 'ip', '-details', 'link', 'show', 'eth0'),
]

const plugManagement = async (lab: Lab, mac: string) => {
  await lab.plug({ 'antidote-mgmt': 'eth0' })
  await lab.ip('guest', `link set eth0 address ${mac}`)
}

test('transparent: the guest has the address of the container, which still reaches it', async () => {
  const lab = await makeManaged()
  await lab.link('net0')
  const before = await stateOf(lab)
  const launcher = lab.launch({ transparent: true, hostname: 'r1' }, only('net_admin', 'net_bind_service'))
  const { management, slots } = await opened(launcher)
  const mac = (await lab.links('container')).find(({ ifname }) => ifname === 'eth0')!.address
  expect(management).toEqual({ tap: 'antidote-mgmt', mac, mtu: 1500, address: ADDRESS })
  expect(slots.map((slot) => slot.interface)).toEqual(['net0'])

  await plugManagement(lab, mac)
  expect(await lab.lease('eth0')).toContain(
    `lease ip=${ADDRESS}/24 server=198.51.100.254 hostname=r1 mtu=1500 seconds=86400 routes=\n`,
  )
  expect(await lab.lease('eth0', '-r', '198.51.100.99')).toContain(`ip=${ADDRESS}/24`)

  // from outside to the guest, and back
  await lab.exec('peer', 'ping', '-c', '1', '-W', '5', ADDRESS)
  await lab.ip('peer', 'addr add 192.0.2.1/32 dev lo')
  await lab.ip('peer', 'link set lo up')
  await lab.exec('guest', 'ping', '-c', '1', '-W', '5', '192.0.2.1')
  expect(await lab.exec('peer', 'ip', 'neigh', 'show', ADDRESS)).toContain(mac)

  // from the container to the guest
  const server = lab.exec(
    'guest',
    'timeout',
    '20',
    'busybox',
    'nc',
    '-l',
    '-p',
    '2222',
    '-e',
    'echo',
    'hello',
  )
  await expect.poll(() => lab.exec('guest', 'cat', '/proc/net/tcp6', '/proc/net/tcp')).toContain(':08AE ')
  expect(await lab.exec('container', 'busybox', 'nc', '-w', '5', ADDRESS, '2222')).toBe('hello\n')
  await server

  await lab.ip('container', 'link set eth0 mtu 1400')
  await expect
    .poll(async () => (await lab.links('container')).find(({ ifname }) => ifname === 'antidote-mgmt')?.mtu)
    .toBe(1400)
  await lab.ip('container', 'link set eth0 mtu 1500')

  launcher.process.kill('SIGTERM')
  expect(await launcher.ended).toBe(0)
  expect(await stateOf(lab)).toEqual(before)
  await lab.exec('container', 'ping', '-c', '1', '-W', '5', GATEWAY)
})

test('transparent: the address is found again after a kill, and put back by a start that does not need it', async () => {
  const lab = await makeManaged()
  const before = await stateOf(lab)
  const killed = lab.launch({ transparent: true })
  await opened(killed)
  killed.process.kill('SIGKILL')
  await killed.ended
  const again = lab.launch({ transparent: true })
  expect((await opened(again)).management?.address).toBe(ADDRESS)
  again.process.kill('SIGKILL')
  await again.ended
  expect(await lab.exec('container', 'ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0')).toBe('')
  await opened(lab.launch({}))
  expect(await stateOf(lab)).toEqual(before)
})

test('transparent: an address without a subnet, and a gateway outside it', async () => {
  const lab = await makeLab()
  await lab.link('eth0')
  await lab.ip('peer', 'addr add 169.254.1.1/32 dev eth0')
  await lab.ip('peer', `route add ${ADDRESS}/32 dev eth0`)
  await lab.ip('container', `addr add ${ADDRESS}/32 dev eth0`)
  await lab.ip('container', 'route add 169.254.1.1 dev eth0 scope link')
  await lab.ip('container', 'route add default via 169.254.1.1')
  const before = await stateOf(lab)
  const launcher = lab.launch({ transparent: true })
  await plugManagement(lab, (await opened(launcher)).management!.mac)
  expect(await lab.lease('eth0', '-O', 'staticroutes')).toContain(
    `ip=${ADDRESS}/24 server=198.51.100.254 hostname= mtu=1500 seconds=86400 routes=169.254.1.1/32 0.0.0.0 0.0.0.0/0 169.254.1.1\n`,
  )
  await lab.exec('guest', 'ping', '-c', '1', '-W', '5', '169.254.1.1')
  launcher.process.kill('SIGTERM')
  expect(await launcher.ended).toBe(0)
  expect(await stateOf(lab)).toEqual(before)
})

test('transparent: what is missing is said before anything is changed', async () => {
  const lab = await makeManaged()
  const before = await stateOf(lab)
  const errorOf = async (settings: object, wrapper: string[] = []) => {
    const launcher = lab.launch({ transparent: true, ...settings }, wrapper)
    expect(await launcher.ended).toBe(1)
    return JSON.parse(launcher.lines('error')[0]!) as string[]
  }
  expect(await errorOf({}, without('net_bind_service'))).toEqual([
    'NETWORK_LACKS',
    "Giving the guest the container's own address needs CAP_NET_BIND_SERVICE, which the container does not have.",
    expect.stringMatching(/--cap-add NET_BIND_SERVICE.*ANTIDOTE_MANAGEMENT=forward/),
  ])
  expect((await errorOf({}, without('net_admin')))[1]).toContain('needs CAP_NET_ADMIN, which')
  expect((await errorOf({ management: 'eth9' }))[1]).toContain(
    'ANTIDOTE_MANAGEMENT_INTERFACE is "eth9", and no interface of the container is that',
  )
  expect(await stateOf(lab)).toEqual(before)
})
