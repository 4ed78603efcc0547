import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { storeDirectory } from '../../core/store/read.ts'

const began = Date.now()

/** Everything that has been logged for an image since this file was loaded. */
export const logsOf = (image: string): string => {
  const directory = join(storeDirectory(), 'logs')
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${image}-`) && statSync(join(directory, name)).mtimeMs >= began)
    .map((name) => readFileSync(join(directory, name), 'utf8'))
    .join('\n')
}

/** Looks at the arguments of all processes, again and again, until it is stopped. */
export const watchArguments = () => {
  const seen = new Set<string>()
  const timer = setInterval(() => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '))
      } catch {
        // it has ended meanwhile
      }
    }
  }, 50)
  return () => {
    clearInterval(timer)
    return [...seen]
  }
}
