import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Lease } from '../../../core/launcher/network/addresses/lease.ts'
import { answer } from '../../../core/launcher/network/dhcp/answer.ts'
import { parsePacket, writePacket } from '../../../core/launcher/network/dhcp/packet.ts'
import { holds, type Target } from '../target.ts'

const lease: Lease = {
  mac: '52:54:00:00:00:01',
  address: '10.0.0.15',
  prefix: 24,
  gateway: '10.0.0.2',
  gatewayOutside: false,
  resolvers: ['10.0.0.3'],
  mtu: 1500,
  hostname: 'guest',
  server: '10.0.0.254',
}

export const target: Target = {
  corpus: join(import.meta.dirname, '../corpus/dhcp'),
  words: [
    '\x63\x82\x53\x63',
    '\x35\x01\x01',
    '\x35\x01\x03',
    '\x35\x01\x08',
    '\x32\x04\x0a\0\0\x0f',
    '\x3d\xff',
    '\x3d\x00',
    '\x36\x04\x0a\0\0\xfe',
    '\xff',
    '\0',
  ],
  // as much as one datagram holds
  read: (input) => {
    const request = parsePacket(input.subarray(0, 65_507))
    const reply = request && answer(request, lease)
    if (!reply) return
    holds([lease.address, '255.255.255.255'].includes(reply.to), `an answer goes to ${reply.to}`)
    const bytes = writePacket(reply.packet)
    holds(isDeepStrictEqual(parsePacket(bytes), reply.packet), 'an answer is read as another one')
  },
}
