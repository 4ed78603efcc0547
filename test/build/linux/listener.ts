import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { temporary } from '../../support/directory.ts'

const SCRIPT = fileURLToPath(
  new URL('../../../core/build/linux/rootfs/common/usr/lib/antidote/channel', import.meta.url),
)

/**
 * In namespaces of its own, where nothing of this host is changed: the listener with a terminal as its port. $1 is
 * the directory of what stands for the guest's own files, $2 the listener, $3 what runs it.
 */
const SETUP = `set -eu
for name in etc run; do mount --bind "$1/$name" "/$name"; done
mount --bind "$1/name" /proc/sys/kernel/hostname
exec script --quiet --return --command "stty raw -echo; echo ready; exec $3 '$2' /dev/tty" /dev/null
`

/** The guest's listener, run by a shell of this host. */
export interface Listener {
  /** The guest's files. */
  root: string
  send(text: string): void
  /** The next line that it says. */
  next(): Promise<string>
  end(): Promise<void>
}

/** Starts it, by BusyBox if not told otherwise; `files` are the guest's, below `etc` and `run`. */
export const startListener = async (
  files: Record<string, string> = {},
  shell = 'busybox sh',
): Promise<Listener> => {
  const root = temporary()
  for (const directory of ['etc/ssh', 'run']) mkdirSync(join(root, directory), { recursive: true })
  const all = {
    name: 'old\n',
    'etc/hostname': 'old\n',
    'etc/hosts': '127.0.1.1 old\n',
    'etc/machine-id': 'old\n',
  }
  for (const [path, content] of Object.entries({ ...all, ...files })) writeFileSync(join(root, path), content)
  const child = spawn(
    'unshare',
    ['--user', '--map-root-user', '--mount', '--net', 'sh', '-c', SETUP, 'setup', root, SCRIPT, shell],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('the listener ended')
    return String(value)
  }
  if ((await next()) !== 'ready') throw new Error('the listener does not run')
  return {
    root,
    send: (text) => void child.stdin.write(text),
    next,
    end: () => {
      child.kill('SIGKILL')
      child.stdin.destroy()
      return ended
    },
  }
}
