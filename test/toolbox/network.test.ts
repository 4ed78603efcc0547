import { describe, expect, test } from 'vitest'
import { isIPv6Only, listening6 } from '../../core/toolbox/network.ts'

describe('what the kernel says of the host', () => {
  test('is the ports that something listens at on ::1', () => {
    const row = (address: string, state = '0A') =>
      `   0: ${address} 00000000000000000000000000000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1\n`
    const table = [
      '  sl  local_address                         remote_address                        st tx_queue\n',
      row('00000000000000000000000000000000:0C46'),
      row('00000000000000000000000001000000:1F90'),
      // of another address, and of a connection
      row('B80D0120000000000000000001000000:1F91'),
      row('00000000000000000000000001000000:1F92', '01'),
    ].join('')
    expect([...listening6(table)]).toEqual([0x0c46, 0x1f90])
    expect([...listening6('')]).toEqual([])
  })

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
