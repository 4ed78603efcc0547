export { formatBytes } from '../../base/text/bytes.ts'

const AGES = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 } as const
const SIZES = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const

/** A port of this host, or of the endpoint's, behind which another one is. */
export interface Forward {
  from: number
  to: number
}

/** "8830:830" as podman's --publish has it, or undefined. */
export const parseForward = (text: string): Forward | undefined => {
  const match = /^(\d{1,5}):(\d{1,5})$/.exec(text)
  const [from, to] = [Number(match?.[1]), Number(match?.[2])]
  const good = [from, to].every((port) => port >= 1 && port <= 65535)
  return good ? { from, to } : undefined
}

/** A port behind which another one is, of an endpoint if it is named. */
export interface NamedForward extends Forward {
  endpoint?: string
}

/** "8830:830", or "leaf=8830:830", or undefined. */
export const parseNamedForward = (text: string): NamedForward | undefined => {
  const [, endpoint, ports] = /^(?:([^=]+)=)?(.*)$/.exec(text)!
  const forward = parseForward(ports!)
  return forward && { ...forward, ...(endpoint !== undefined && { endpoint }) }
}

/** Where an endpoint of a lesson answers. */
export interface EndpointAddress {
  endpoint: string
  host: string
  port: number
}

/** "leaf=10.0.0.1", "leaf=host:2222" or "leaf=[fd00::1]:22", or undefined. */
export const parseEndpoint = (text: string): EndpointAddress | undefined => {
  const [, endpoint, bracketed, plain, port = '22'] =
    /^([^=]+)=(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  const host = bracketed ?? plain
  const good = Number(port) >= 1 && Number(port) <= 65535
  return endpoint !== undefined && host !== undefined && good
    ? { endpoint, host, port: Number(port) }
    : undefined
}

/** "7d" in milliseconds, or undefined. */
export const parseAge = (text: string): number | undefined => {
  const match = /^(\d+)([smhdw])$/.exec(text)
  return match ? Number(match[1]) * AGES[match[2] as keyof typeof AGES] * 1000 : undefined
}

/** "20G" in bytes, or undefined. */
export const parseSize = (text: string): number | undefined => {
  const match = /^(\d+(?:\.\d+)?)([KMGT])?$/.exec(text)
  return match
    ? Math.round(Number(match[1]) * (match[2] ? SIZES[match[2] as keyof typeof SIZES] : 1))
    : undefined
}

/** Milliseconds as people read them. */
export const formatTime = (ms: number): string => {
  if (ms < 995) return `${(ms / 1000).toFixed(2)} s`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`
}

/** A moment, given as ISO 8601, in the time zone of this machine and to the minute. */
export const formatWhen = (iso: string): string => {
  const date = new Date(iso)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`
}
