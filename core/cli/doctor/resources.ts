import { existsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../base/errors/error.ts'
import { freeBytes, ROOM } from '../../store/room.ts'
import { Store } from '../../store/store.ts'
import { temporaryFault } from '../../store/temporary.ts'
import type { Check } from './check.ts'
import { existing, type Host, writable } from './host.ts'

const GIB = 2 ** 30

const MEMORY = 2

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`

/** The disk of the store. */
export const disk = (host: Host, free = () => freeBytes(existing(host.store))): Check => ({
  name: 'disk',
  essential: true,
  run: async () => {
    const bytes = free()
    const detail = `${gib(bytes)} free for ${host.store}`
    if (bytes >= ROOM.comfortable) return { ok: true, detail }
    const least = bytes < ROOM.first
    return {
      ok: false,
      minor: !least,
      detail: `${detail}; ${least ? `a build needs ${ROOM.first / GIB}` : `a few images take ${ROOM.comfortable / GIB}`} GiB`,
      // takes things away, if only what can be made again
      fix: { commands: [['antidote', 'clean', '--older-than', '7d']], root: false, safe: false },
    }
  },
})

/** The memory that compilers and machines get. */
export const memory = (available = process.availableMemory()): Check => ({
  name: 'memory',
  essential: false,
  run: async () => {
    const detail = `${gib(available)} available`
    if (available >= MEMORY * GIB) return { ok: true, detail }
    return { ok: false, detail: `${detail}; below ${MEMORY} GiB a kernel build or a machine may be killed` }
  },
})

/** Where sockets and temporary files go. */
export const temporary = (directory = tmpdir()): Check => ({
  name: 'temporary files',
  essential: true,
  run: async () => {
    const fault = temporaryFault(directory)
    if (!fault) return { ok: true, detail: directory }
    const fix = { commands: [['unset', 'TMPDIR']], root: false, safe: false }
    return { ok: false, detail: `${directory}: ${fault}`, ...(process.env.TMPDIR && { fix }) }
  },
})

/** The directory of the store. */
export const store = (host: Host): Check => ({
  name: 'store',
  essential: true,
  run: async () => {
    // a fix that gives the files to another owner would damage the trees among them
    const elsewhere = join(writable(host.home) ? host.home : '/var/tmp', `antidote-store-${host.user}`)
    const fix = { commands: [['export', `ANTIDOTE_CACHE_DIR=${elsewhere}`]], root: false, safe: false }
    if (!existsSync(host.store)) {
      const parent = existing(host.store)
      if (statSync(parent).isDirectory() && writable(parent))
        return { ok: true, detail: `${host.store} will be made by the first build` }
      return { ok: false, detail: `${host.store} cannot be made: ${parent} cannot be written`, fix }
    }
    try {
      await new Store(host.store).open()
      return { ok: true, detail: host.store }
    } catch (error) {
      return { ok: false, detail: messageOf(error).replace(/\.$/, ''), fix }
    }
  },
})
