import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Forward } from '../qemu/instance.ts'

// state 0A is LISTEN; a bound UDP socket is in state 07
const STATE = { tcp: '0A', udp: '07' }

const inodesOf = ({ protocol, hostPort }: Forward): Set<string> => {
  const suffix = `:${hostPort.toString(16).toUpperCase().padStart(4, '0')}`
  const rows = [protocol, `${protocol}6`].flatMap((table) => readLines(`/proc/net/${table}`).slice(1))
  const fields = rows.map((row) => row.trim().split(/\s+/))
  return new Set(
    fields
      .filter(([, local, , state]) => local?.endsWith(suffix) && state === STATE[protocol])
      .map((row) => row[9]!),
  )
}

/** What may vanish, or may not be ours to look at, while it is looked at. */
const attempt = <T>(read: () => T, otherwise: T): T => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

const readLines = (path: string): string[] => attempt(() => readFileSync(path, 'utf8').trim().split('\n'), [])

/** Who holds a port of this host, as `name (process 123)`; undefined where the kernel does not tell us. */
export const portHolder = (forward: Forward): string | undefined => {
  const inodes = inodesOf(forward)
  const holds = (process: string) =>
    attempt(() => readdirSync(`/proc/${process}/fd`), []).some((fd) => {
      const target = attempt(() => readlinkSync(`/proc/${process}/fd/${fd}`), '')
      return target.startsWith('socket:[') && inodes.has(target.slice(8, -1))
    })
  const process = readdirSync('/proc').find((name) => /^\d+$/.test(name) && holds(name))
  return process && `${readLines(`/proc/${process}/comm`)[0]} (process ${process})`
}
