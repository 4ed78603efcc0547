import { readFileSync } from 'node:fs'
import type { UploadOptions } from './guest.ts'

/** Exit status of these scripts when the guest does not know the owner. */
export const UNKNOWN_OWNER = 77

/** Writes its input to a file, with the directories above it. Until it has its mode, a new file is root's alone. */
export const WRITE_SCRIPT = `set -e
mkdir -p -- "$(dirname -- "$1")"
if [ ! -e "$1" ]; then (umask 077; : >"$1"); [ -n "$2" ] || chmod 644 -- "$1"; fi
[ -z "$3" ] || chown -- "$3" "$1" || exit ${UNKNOWN_OWNER}
[ -z "$2" ] || chmod -- "$2" "$1"
cat >"$1"`

// read when they are needed: the launcher's bundle has no files beside it
const script = (name: string): string => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')

/** Puts the archive on its input into a directory. */
export const unpackScript = (): string => script('unpack.sh')

/** Copies a file or directory that the guest sees; the content of a directory with `unpackScript`. */
export const uploadScript = (): string => script('upload.sh')

/** Packs the content of a directory: all of it root's, readable for all, links as links. */
export const packArguments = (from: string, archive: string): string[] => [
  ...['tar', '-C', from, '--owner=0', '--group=0', '--numeric-owner', '--mode=u=rwX,go=rX'],
  ...['-cf', archive, '.'],
]

/** What each of the scripts is given after the path; nothing where an option is left out. */
export const attributes = ({ mode, owner, replace }: UploadOptions): string[] => [
  mode === undefined ? '' : mode.toString(8),
  owner ?? '',
  replace ? 'replace' : '',
]
