import { readFile, stat } from 'node:fs/promises'
import { trustedUsers } from './users.ts'

/** A process of another user that holds a lock. */
export interface Stranger {
  pid: number
  uid: number
}

/** The processes that hold a flock(2) lock on a file, as the kernel lists them. */
const holdersOf = async (file: string): Promise<number[]> => {
  const { ino } = await stat(file)
  const locks = await readFile('/proc/locks', 'utf8')
  return locks.split('\n').flatMap((line) => {
    const [, pid, inode] = /FLOCK +\S+ +\S+ +(\d+) [\da-f]+:[\da-f]+:(\d+) /.exec(line) ?? []
    // 0 is a process of another PID namespace, of which nothing is known here
    return Number(inode) === ino && Number(pid) > 0 ? [Number(pid)] : []
  })
}

/** The process of another user that holds a lock of ours, if one does; whoever may open a file can lock it. */
export const strangerOn = async (file: string, users = trustedUsers()): Promise<Stranger | undefined> => {
  try {
    for (const pid of await holdersOf(file)) {
      const { uid } = await stat(`/proc/${pid}`)
      if (!users.has(uid)) return { pid, uid }
    }
  } catch {
    // it ended meanwhile, or /proc does not say
  }
  return undefined
}
