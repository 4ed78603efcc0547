import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { answering, isIPv6Only } from '../../../core/store/toolbox/host-network.ts'

test.each([
  ['127.0.0.1', { on4: true, on6: false }],
  ['::1', { on4: false, on6: true }],
  ['::', { on4: true, on6: true }],
])('a server that listens on %s is found there', async (host, found) => {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  expect(await answering([port])).toEqual([{ port, ...found }])
  server.close()
  await once(server, 'close')
  expect(await answering([port])).toEqual([{ port, on4: false, on6: false }])
})

describe('what the kernel says of the host', () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'
  const route = (destination: string, mask: string) =>
    `eth0\t${destination}\t010200C0\t0003\t0\t0\t0\t${mask}\t0\t0\t0\n`
  const zero = '0'.repeat(32)
  const route6 = (destination: string, length: string, device: string) =>
    `${destination} ${length} ${zero} 00 ${zero} 00000400 00000003 00000000 00000003     ${device}\n`
  const out6 = route6('20010db8000000000000000000000000', '40', 'eth0') + route6(zero, '00', 'eth0')

  test.each([
    ['with both', head + route('00000000', '00000000'), out6, false],
    ['by IPv6', head + route('000200C0', '00FFFFFF'), out6, true],
    ['by IPv4', head + route('00000000', '00000000'), route6(zero, '00', 'lo'), false],
    ['with none', head, route6(zero, '00', 'lo'), false],
    ['without a word', '', '', false],
  ])('is whether it is reached by IPv6 only: %s', (_, routes, routes6, only) => {
    expect(isIPv6Only(routes, routes6)).toBe(only)
  })
})
