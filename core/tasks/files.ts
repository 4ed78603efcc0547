import { readFile, stat } from 'node:fs/promises'
import { sha256 } from '../digest.ts'
import type { Guest } from '../guest/guest.ts'
import { runTask } from './script.ts'

/** A file that a guest is to have. */
export interface GuestFile {
  /** An absolute path in the guest. */
  to: string
  /** A file of this host, or the content itself. */
  from?: string
  content?: string | Uint8Array
  /** For example 0o640; if left out, that of `from` as far as it is a program, else 0o644. */
  mode?: number
  /** "user" or "user:group", by name or number; root if left out. */
  owner?: string
}

interface Wanted {
  to: string
  content: string | Uint8Array
  mode: number
  owner: string
}

const wantedOf = async ({ to, from, content, mode, owner = '0:0' }: GuestFile): Promise<Wanted> => {
  const program = from !== undefined && ((await stat(from)).mode & 0o100) !== 0
  return {
    to,
    owner,
    mode: mode ?? (program ? 0o755 : 0o644),
    content: from === undefined ? (content ?? '') : await readFile(from),
  }
}

/** Whether a line of the script `file` tells of just this file. */
const isThere = (line: string, { content, mode, owner }: Wanted): boolean => {
  const [sum, octal = '', user, group, uid, gid] = line.split(' ')
  const [wantedUser, wantedGroup] = owner.split(':')
  return (
    sum === sha256(content) &&
    Number.parseInt(octal, 8) === mode &&
    (wantedUser === user || wantedUser === uid) &&
    (wantedGroup === undefined || wantedGroup === group || wantedGroup === gid)
  )
}

/**
 * Writes those of the files that the guest does not have with this content, mode and owner. Gives their paths.
 * Throws FILE_OWNER, TASK_FAILED and GUEST_COMMAND_FAILED.
 */
export const ensureFiles = async (guest: Guest, files: readonly GuestFile[]): Promise<string[]> => {
  if (files.length === 0) return []
  const wanted = await Promise.all(files.map(wantedOf))
  const there = await runTask(
    guest,
    'file',
    wanted.map(({ to }) => to),
  )
  const others = wanted.filter((file, index) => !isThere(there[index] ?? '-', file))
  for (const { to, content, mode, owner } of others) await guest.write(to, content, { mode, owner })
  return others.map(({ to }) => to)
}

/** Makes sure of one file. Gives whether it was written. */
export const ensureFile = async (guest: Guest, file: GuestFile): Promise<boolean> =>
  (await ensureFiles(guest, [file])).length > 0
