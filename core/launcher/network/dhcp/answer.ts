import { maskOf } from '../addresses/ipv4.ts'
import type { Lease } from '../addresses/lease.ts'
import { addressBytes, type DhcpPacket } from './packet.ts'

/** Message types: RFC 2132, section 9.6. */
const DISCOVER = 1
const OFFER = 2
const REQUEST = 3
const ACK = 5
const NAK = 6
const INFORM = 8

/** Option codes: RFC 2132, and RFC 3442 for routes. */
const OPTION = {
  mask: 1,
  router: 3,
  resolver: 6,
  hostname: 12,
  mtu: 26,
  requested: 50,
  leaseTime: 51,
  type: 53,
  server: 54,
  identifier: 61,
  routes: 121,
}

const NOBODY = '0.0.0.0'
const EVERYBODY = '255.255.255.255'

/** Seconds. The address is the guest's for as long as the container runs. */
const LEASE_TIME = 86_400

/** An answer, and where it goes. */
export interface Answer {
  packet: DhcpPacket
  to: string
}

const number = (value: number, bytes: 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}

const read = ({ options }: DhcpPacket, code: number): string | undefined => options.get(code)?.join('.')

const settings = (lease: Lease, timed: boolean): [number, Buffer][] => {
  const { gateway, resolvers, hostname } = lease
  const options: [number, Buffer][] = [[OPTION.mask, addressBytes(maskOf(lease.prefix))]]
  if (timed) options.push([OPTION.leaseTime, number(LEASE_TIME, 4)])
  if (gateway) options.push([OPTION.router, addressBytes(gateway)])
  if (gateway && lease.gatewayOutside) {
    // the gateway on the link itself, then everything by the gateway
    options.push([
      OPTION.routes,
      Buffer.concat([
        Buffer.from([32]),
        addressBytes(gateway, NOBODY),
        Buffer.from([0]),
        addressBytes(gateway),
      ]),
    ])
  }
  if (resolvers.length > 0) options.push([OPTION.resolver, addressBytes(...resolvers)])
  if (hostname) options.push([OPTION.hostname, Buffer.from(hostname)])
  options.push([OPTION.mtu, number(lease.mtu, 2)])
  return options
}

const kindOf = (request: DhcpPacket, lease: Lease): typeof OFFER | typeof ACK | typeof NAK | undefined => {
  const type = request.options.get(OPTION.type)?.[0]
  if (type === DISCOVER) return OFFER
  if (type === INFORM) return request.client === lease.address ? ACK : undefined
  if (type !== REQUEST) return undefined
  const server = read(request, OPTION.server)
  if (server !== undefined && server !== lease.server) return undefined
  return (read(request, OPTION.requested) ?? request.client) === lease.address ? ACK : NAK
}

/** The answer of a server that has one lease, for one client; undefined where it keeps silent: RFC 2131, 4.3. */
export const answer = (request: DhcpPacket, lease: Lease): Answer | undefined => {
  if (request.reply || request.mac !== lease.mac || request.relay !== NOBODY) return undefined
  const kind = kindOf(request, lease)
  if (kind === undefined) return undefined
  const informed = request.options.get(OPTION.type)?.[0] === INFORM
  const identifier = request.options.get(OPTION.identifier)
  // what it says of itself may be anybody's address
  const client = kind === ACK && request.client === lease.address ? lease.address : NOBODY
  return {
    packet: {
      ...request,
      reply: true,
      seconds: 0,
      client,
      yours: kind === NAK || informed ? NOBODY : lease.address,
      options: new Map([
        [OPTION.type, Buffer.from([kind])],
        [OPTION.server, addressBytes(lease.server)],
        ...(kind === NAK ? [] : settings(lease, !informed)),
        // RFC 6842
        ...(identifier ? [[OPTION.identifier, identifier] as [number, Buffer]] : []),
      ]),
    },
    // a client without its address takes a broadcast, whether it asked for one or not
    to: client === lease.address ? client : EVERYBODY,
  }
}
