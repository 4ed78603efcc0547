import { rmSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const NAME = /^antidote-vm-(\d+)-/

const lives = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Removes what processes that were killed have left. */
const sweep = async (parent: string): Promise<void> => {
  for (const name of await readdir(parent)) {
    const pid = NAME.exec(name)?.[1]
    // another user's is not ours to remove
    if (pid && !lives(Number(pid)))
      await rm(join(parent, name), { recursive: true, force: true }).catch(() => {})
  }
}

/**
 * Makes a directory for a machine's sockets: a short path, as sockaddr_un holds 108 bytes, and for our eyes
 * only. `remove` takes it away; so does the end of this process.
 */
export const socketDirectory = async (
  parent = tmpdir().length > 60 ? '/tmp' : tmpdir(),
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
