import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

const processes = (): { pid: string; text: string }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [{ pid, text: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ') }]
      } catch {
        return []
      }
    })

/** Processes that still name a store, or stand in it. */
export const processesOf = (store: string): string[] =>
  processes()
    .filter(({ pid, text }) => {
      if (text.includes(store)) return true
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(store)
      } catch {
        return false
      }
    })
    .map(({ pid, text }) => `${pid} ${text.slice(0, 200)}`)

/** Mounts of the host that name a store. */
export const mountsOf = (store: string): string[] =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter((line) => line.includes(store))

/** What is left in the places where a store keeps what is not finished. */
export const draftsOf = (store: string): string[] =>
  existsSync(`${store}/tmp`) ? readdirSync(`${store}/tmp`) : []
