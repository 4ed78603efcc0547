import type { Tools } from '../../../base/process/tools.ts'

/** The IPv4 side of an interface. */
export interface Addresses {
  addresses: { address: string; prefix: number; broadcast?: string }[]
  /** Routes by this interface that the kernel does not make itself, each as `ip route add` takes it. */
  routes: string[]
  /** Of the default route. */
  gateway?: string
}

interface PrintedAddress {
  addr_info?: { family: string; local: string; prefixlen: number; broadcast?: string }[]
}

interface PrintedRoute {
  dst: string
  gateway?: string
  protocol?: string
  scope?: string
  prefsrc?: string
  metric?: number
  flags?: string[]
}

const parse = <T>(json: string): T => JSON.parse(json.trim() || '[]') as T

const routeText = ({ dst, gateway, protocol, scope, prefsrc, metric, flags = [] }: PrintedRoute): string =>
  [
    dst,
    gateway && `via ${gateway}`,
    protocol && `proto ${protocol}`,
    scope && `scope ${scope}`,
    prefsrc && `src ${prefsrc}`,
    metric !== undefined && `metric ${metric}`,
    flags.includes('onlink') && 'onlink',
  ]
    .filter((word) => word)
    .join(' ')

/** What `ip -json -4 addr show` and `ip -json -4 route show` print of one interface. */
export const parseAddresses = (addressJson: string, routeJson: string): Addresses => {
  const addresses = parse<PrintedAddress[]>(addressJson)
    .flatMap(({ addr_info: info = [] }) => info)
    .filter(({ family }) => family === 'inet')
    .map(({ local, prefixlen, broadcast }) => ({
      address: local,
      prefix: prefixlen,
      ...(broadcast && { broadcast }),
    }))
  const routes = parse<PrintedRoute[]>(routeJson).filter(({ protocol }) => protocol !== 'kernel')
  const gateway = routes.find(({ dst, gateway: via }) => dst === 'default' && via)?.gateway
  // a gateway outside the subnet has a route of its own, which must be there first
  const inOrder = [...routes].sort(
    (a, b) => Number(a.gateway !== undefined) - Number(b.gateway !== undefined),
  )
  return { addresses, routes: inOrder.map(routeText), ...(gateway && { gateway }) }
}

export const readAddresses = async (tools: Tools, name: string): Promise<Addresses> => {
  const show = async (object: string) => {
    const { stdout } = await tools.run(['ip', '-json', '-4', object, 'show', 'dev', name], { network: true })
    return stdout
  }
  return parseAddresses(...((await Promise.all([show('addr'), show('route')])) as [string, string]))
}
