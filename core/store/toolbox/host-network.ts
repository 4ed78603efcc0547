import { readFileSync } from 'node:fs'
import { connect } from 'node:net'

/** Milliseconds; who is slower to take a connection of loopback is busy, and there. */
const PATIENCE = 1000

const answers = (host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE })
    const end = (there: boolean) => {
      socket.destroy()
      resolve(there)
    }
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(true))
      .once('error', () => end(false))
  })

/** At which of the addresses of loopback something takes connections at a TCP port of this host. */
export interface Answering {
  port: number
  on4: boolean
  on6: boolean
}

/** Tries ports of this host's loopback, all at once. */
export const answering = (ports: readonly number[]): Promise<Answering[]> =>
  Promise.all(
    ports.map(async (port) => {
      const [on4, on6] = await Promise.all([answers('127.0.0.1', port), answers('::1', port)])
      return { port, on4, on6 }
    }),
  )

const kernelTable = (name: string): string => {
  try {
    return readFileSync(`/proc/net/${name}`, 'utf8')
  } catch {
    // a kernel without IPv6 has no table for it
    return ''
  }
}

/** Whether a host has a way out by IPv6 and none by IPv4, by the kernel's tables: route and ipv6_route in proc(5). */
export const isIPv6Only = (routes = kernelTable('route'), routes6 = kernelTable('ipv6_route')): boolean =>
  !/^\S+\t00000000\t[\dA-F]{8}\t\S+\t\S+\t\S+\t\S+\t00000000\t/m.test(routes) &&
  routes6.split('\n').some((line) => /^0{32} 00 /.test(line) && !/ lo$/.test(line))
