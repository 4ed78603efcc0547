import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from './store.ts'

/** The files of a step that failed under `--on-error=keep`. */
export interface Kept {
  path: string
  /** The image and the stage, as the directory is called. */
  name: string
  time: string
  bytes: number
}

/** What was kept of failed steps, the newest first. */
export const listKept = async (store: Store): Promise<Kept[]> => {
  const directory = join(store.directory, 'kept')
  const names = await readdir(directory).catch(() => [])
  if (names.length === 0) return []
  const paths = names.map((name) => join(directory, name))
  const bytes = await store.usage(paths)
  const kept = await Promise.all(
    paths.map(async (path, index) => {
      const stats = await stat(path).catch(() => undefined)
      return {
        path,
        name: names[index]!.replace(/-[^-]+-\d+$/, ''),
        time: stats?.mtime.toISOString() ?? '',
        bytes: bytes[index] ?? 0,
      }
    }),
  )
  return kept.sort((a, b) => b.time.localeCompare(a.time))
}
