import { lstatSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = /^antidote-vm-(\d+)-/

/** A socket's path has room for 108 bytes, with a name of ours and one of a socket in it. */
const LONGEST = 60

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Whether a path is a directory that this user made for his sockets, and no link to another: anybody may make names in /tmp. */
const isOwn = (path: string): boolean => {
  try {
    const stats = lstatSync(path)
    return stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o066) === 0
  } catch {
    return false
  }
}

/** Removes what processes of this user that were killed have left. */
const sweep = async (parent: string): Promise<void> => {
  for (const name of await readdir(parent)) {
    const pid = NAME.exec(name)?.[1]
    const path = join(parent, name)
    if (pid && !lives(Number(pid)) && isOwn(path))
      await rm(path, { recursive: true, force: true }).catch(() => {})
  }
}

/** The directory for sockets of this user's own session where there is one, else the one for temporary files. */
const usualParent = (): string => {
  const { XDG_RUNTIME_DIR: runtime } = process.env
  if (runtime && runtime.length <= LONGEST && isOwn(runtime)) return runtime
  return tmpdir().length > LONGEST ? '/tmp' : tmpdir()
}

/**
 * Makes a directory for a machine's sockets: a short path, as sockaddr_un holds 108 bytes, and for our eyes
 * only. `remove` takes it away; so does the end of this process.
 */
export const socketDirectory = async (
  parent = usualParent(),
): Promise<{ directory: string; remove: () => Promise<void> }> => {
  await sweep(parent)
  const directory = await mkdtemp(join(parent, `antidote-vm-${process.pid}-`))
  const atExit = () => rmSync(directory, { recursive: true, force: true })
  process.once('exit', atExit)
  const remove = async () => {
    process.off('exit', atExit)
    await rm(directory, { recursive: true, force: true })
  }
  return { directory, remove }
}
