import { readFile } from 'node:fs/promises'
import { errors } from '../../../base/errors/catalogue.ts'
import type { Addresses } from './addresses.ts'
import { highestFree, inSubnet } from './ipv4.ts'

/** What the guest's first NIC is told over DHCP. */
export interface Lease {
  mac: string
  address: string
  prefix: number
  gateway?: string
  /** Whether the gateway is outside the guest's subnet. */
  gatewayOutside: boolean
  resolvers: string[]
  mtu: number
  hostname?: string
  /** The address at which the container talks to the guest. */
  server: string
}

/** The widest prefix with room for the guest, its gateway and the container. */
const ROOMY = 29

const WIDER = 24

/** The resolvers of a resolv.conf that the guest can reach: not those inside the container. */
export const parseResolvers = (text: string): string[] =>
  [...text.matchAll(/^\s*nameserver\s+(\d+\.\d+\.\d+\.\d+)\s*$/gm)]
    .map(([, address]) => address!)
    .filter((address) => !address.startsWith('127.'))
    // no resolver asks more: MAXNS of resolv.h
    .slice(0, 3)

export const readResolvers = async (): Promise<string[]> =>
  parseResolvers(
    await readFile('/etc/resolv.conf', 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    }),
  )

/** The lease for what an interface had. Throws NETWORK_MANAGEMENT if it had no address. */
export const makeLease = (
  name: string,
  { addresses, gateway }: Addresses,
  rest: Pick<Lease, 'mac' | 'mtu' | 'resolvers' | 'hostname'>,
): Lease => {
  const [first] = addresses
  if (!first) throw errors.networkManagement(`${name} has no IPv4 address`)
  const { address } = first
  // some networks give containers /32 and answer ARP for everybody; in such a subnet the guest could not reach
  // the container that starts it, and many guests cannot even be given it
  const prefix = first.prefix > ROOMY ? WIDER : first.prefix
  const taken = [address, ...(gateway ? [gateway] : [])]
  return {
    ...rest,
    address,
    prefix,
    ...(gateway && { gateway }),
    gatewayOutside: gateway !== undefined && !inSubnet(gateway, address, prefix),
    server: highestFree(address, prefix, taken),
  }
}
