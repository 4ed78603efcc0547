import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** The log of a run. */
export interface LogFile {
  file: string
  /** The image, or endpoint and image, that the run was for. */
  name: string
  /** When the run began, as ISO 8601 has it. */
  time: string
  bytes: number
}

/** Name, time and process, as `BuildLog` calls its file. */
const NAME = /^(.*)-(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d)-(\d{3})Z-\d+\.log$/

/** The logs of a store, the newest first. */
export const listLogs = async (directory: string): Promise<LogFile[]> => {
  const logs = join(directory, 'logs')
  const names = await readdir(logs).catch(() => [])
  const found = await Promise.all(
    names.map(async (entry): Promise<LogFile[]> => {
      const file = join(logs, entry)
      const stats = await stat(file).catch(() => undefined)
      if (!stats?.isFile()) return []
      const [, name, day, minutes, seconds, ms] = NAME.exec(entry) ?? []
      // what is left is where in the code a mistake of ours was made
      const time = day === undefined ? stats.mtime.toISOString() : `${day}:${minutes}:${seconds}.${ms}Z`
      return [{ file, name: name ?? 'antidote', time, bytes: stats.size }]
    }),
  )
  return found.flat().sort((a, b) => b.time.localeCompare(a.time))
}
