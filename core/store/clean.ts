import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../base/errors/catalogue.ts'
import type { Store } from './store.ts'

/** What is to go. Without any of these, only what killed builds left behind. */
export interface CleanOptions {
  /** Milliseconds since the last use. */
  olderThan?: number
  /** Bytes that may stay. */
  maxSize?: number
  all?: boolean
}

/**
 * Removes entries from a store, the least recently used first, and never one that a kept entry points into.
 * Throws STORE_BUSY while a build uses the store.
 */
export const cleanStore = async (
  store: Store,
  options: CleanOptions,
): Promise<{ removed: number; freed: number; left: number }> => {
  const lock = await store.lock('store', { noWait: true })
  if (!lock) throw errors.storeBusy(store.directory)
  try {
    await store.sweep()
    await removeParts(store)
    const now = Date.now()
    const entries = inOrder(await store.entries())
    const total = entries.reduce((sum, { bytes }) => sum + bytes, 0)
    let left = total
    let removed = 0
    for (const { key, bytes, lastUse, record } of entries) {
      const old = options.olderThan !== undefined && now - lastUse >= options.olderThan
      const tooMuch = options.maxSize !== undefined && left > options.maxSize
      if (!(options.all || old || tooMuch || !record)) continue
      await store.remove(key)
      removed++
      left -= bytes
    }
    await removeOldFiles(store, options, now)
    return { removed, freed: total - left, left }
  } finally {
    await lock.release()
  }
}

type Entry = Awaited<ReturnType<Store['entries']>>[number]

/**
 * The order of removal. An entry counts as used whenever one that points into it was,
 * so what stands on an entry always comes before it.
 */
const inOrder = (entries: readonly Entry[]): (Entry & { lastUse: number })[] => {
  const lastUse = new Map(entries.map(({ key, used }) => [key, used.getTime()]))
  for (const { used, record } of entries) {
    for (const other of record?.refers ?? [])
      lastUse.set(other, Math.max(lastUse.get(other) ?? 0, used.getTime()))
  }
  return entries
    .map((entry) => ({ ...entry, lastUse: lastUse.get(entry.key)! }))
    .sort((a, b) => a.lastUse - b.lastUse || (b.record?.refers.length ?? 0) - (a.record?.refers.length ?? 0))
}

/** What broken downloads left, to be resumed; nobody fetches while the store is ours. */
const removeParts = async (store: Store): Promise<void> => {
  const directory = join(store.directory, 'downloads')
  const parts = (await readdir(directory)).filter((name) => name.endsWith('.part'))
  await store.deleteTemporary(...parts.map((name) => join(directory, name)))
}

/** What was kept of failed steps goes; logs, downloads and the like go by age, or with everything else. */
const removeOldFiles = async (store: Store, { olderThan, all }: CleanOptions, now: number): Promise<void> => {
  const kept = await readdir(join(store.directory, 'kept'))
  await store.deleteTemporary(...kept.map((name) => join(store.directory, 'kept', name)))
  if (olderThan === undefined && !all) return
  const doomed: string[] = []
  for (const part of ['logs', 'downloads', 'history', 'tested']) {
    for (const name of await readdir(join(store.directory, part))) {
      const file = join(store.directory, part, name)
      if (all || now - (await stat(file)).mtimeMs >= olderThan!) doomed.push(file)
    }
  }
  await store.deleteTemporary(...doomed)
}
