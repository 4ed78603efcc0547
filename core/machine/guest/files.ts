import { readFileSync } from 'node:fs'
import type { WriteOptions } from './guest.ts'

/** Exit status of these scripts when the guest does not know the owner. */
export const UNKNOWN_OWNER = 77

// read when they are needed: the launcher's bundle has no files beside it
const script = (name: string): string =>
  ['paths', name].map((part) => readFileSync(new URL(`./${part}.sh`, import.meta.url), 'utf8')).join('\n')

/** A script of POSIX sh that takes a file or an archive on its input, and its arguments. */
export interface Placing {
  /** What messages call it. */
  readonly title: string
  readonly argv: readonly string[]
  /** Where it goes, and to whom. */
  readonly path: string
  readonly owner: string | undefined
}

const octal = (mode: number | undefined): string => (mode === undefined ? '' : mode.toString(8))

/** Writes its input to a file, with the directories above it. */
export const writing = (path: string, { mode, owner }: WriteOptions): Placing => ({
  title: `write ${path}`,
  argv: ['sh', '-c', script('write'), 'write', path, octal(mode), owner ?? ''],
  path,
  owner,
})

/** Puts a file of a known size into its place. */
export const placing = (
  path: string,
  { mode, owner }: WriteOptions,
  { name, size }: { name: string; size: number },
): Placing => ({
  title: `upload ${path}`,
  argv: ['sh', '-c', script('place'), 'place', path, octal(mode), owner ?? '', name, String(size)],
  path,
  owner,
})

/** Puts the content of an archive into a directory. */
export const unpacking = (
  path: string,
  { mode, owner, replace }: WriteOptions & { replace?: boolean },
): Placing => ({
  title: `upload ${path}`,
  argv: ['sh', '-c', script('unpack'), 'unpack', path, octal(mode), owner ?? '', replace ? 'replace' : ''],
  path,
  owner,
})
