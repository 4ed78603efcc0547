import { basename, join } from 'node:path'
import { sha256 } from '../../base/files/digest.ts'
import { modeOf } from '../../base/files/mode.ts'
import { readRegular } from '../../base/files/regular.ts'
import type { Guest } from '../guest/guest.ts'
import { runTask } from './script.ts'

/** A file that a guest is to have. */
export interface GuestFile {
  /** An absolute path in the guest; of a directory there, `from` is put into it. */
  to: string
  /** A file of this host, or the content itself. */
  from?: string
  content?: string | Uint8Array
  /** A directory that `from` may not lead out of: what a lesson names is not its author's alone. */
  inside?: string
  /** For example 0o640; if left out, that of `from`, else 0o644. */
  mode?: number
  /** "user" or "user:group", by name or number; root if left out. */
  owner?: string
}

/** What the script `file` says of a directory. */
const DIRECTORY = 'directory'

interface Wanted {
  to: string
  content: string | Uint8Array
  mode: number
  owner: string
  /** What `from` is called. */
  name?: string
}

const wantedOf = ({ to, from, inside, content, mode, owner = '0:0' }: GuestFile): Wanted => {
  if (from === undefined) return { to, owner, mode: mode ?? 0o644, content: content ?? '' }
  const file = readRegular(from, inside)
  return { to, owner, mode: mode ?? modeOf(file.stats), content: file.content, name: basename(from) }
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

const look = (guest: Guest, files: readonly Wanted[]): Promise<string[]> =>
  runTask(
    guest,
    'file',
    files.map(({ to }) => to),
  )

/**
 * Writes those of the files that the guest does not have with this content, mode and owner. Gives their paths.
 * Throws FILE_UNREADABLE, FILE_OUTSIDE, FILE_OWNER, TASK_FAILED and GUEST_COMMAND_FAILED.
 */
export const ensureFiles = async (guest: Guest, files: readonly GuestFile[]): Promise<string[]> => {
  if (files.length === 0) return []
  let wanted = files.map(wantedOf)
  let there = await look(guest, wanted)
  const isInto = ({ name }: Wanted, index: number) => name !== undefined && there[index] === DIRECTORY
  if (wanted.some(isInto)) {
    wanted = wanted.map((file, index) =>
      isInto(file, index) ? { ...file, to: join(file.to, file.name!) } : file,
    )
    there = await look(guest, wanted)
  }
  const others = wanted.filter((file, index) => !isThere(there[index] ?? '-', file))
  for (const { to, content, mode, owner } of others) await guest.write(to, content, { mode, owner })
  return others.map(({ to }) => to)
}

/** Makes sure of one file. Gives whether it was written. */
export const ensureFile = async (guest: Guest, file: GuestFile): Promise<boolean> =>
  (await ensureFiles(guest, [file])).length > 0
