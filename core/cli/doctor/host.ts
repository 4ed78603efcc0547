import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { type Run, run } from '../../base/process/run.ts'
import { storeDirectory } from '../../store/read.ts'

/** The machine that is checked. */
export interface Host {
  /** Where its files are: "/". */
  root: string
  /** The directories of its commands. */
  path: readonly string[]
  uid: number
  /** Who builds here: the user behind sudo, where there is one. */
  user: string
  home: string
  /** The directory of the store, which may not exist yet. */
  store: string
  run: Run
}

/** Whether it is a container of Docker or podman. */
export const isContainer = ({ root }: Pick<Host, 'root'>): boolean =>
  existsSync(join(root, '.dockerenv')) || existsSync(join(root, 'run/.containerenv'))

const SYSTEM = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Milliseconds until a command that is asked something counts as stuck. */
const DEADLINE = 20_000

const userName = (uid: number): string => {
  try {
    return userInfo().username
  } catch {
    // a container may run under a number that has no name
    return String(uid)
  }
}

/** This machine, as this process sees it. */
export const thisHost = (signal?: AbortSignal): Host => {
  const uid = process.getuid?.() ?? 0
  const path = [...new Set([...(process.env.PATH ?? '').split(':').filter(Boolean), ...SYSTEM])]
  return {
    root: '/',
    path,
    uid,
    user: (uid === 0 && process.env.SUDO_USER) || userName(uid),
    home: homedir(),
    store: storeDirectory(),
    run: (argv, options) =>
      run(argv, {
        env: { PATH: path.join(':'), LC_ALL: 'C.UTF-8' },
        extendEnv: true,
        signal,
        timeout: DEADLINE,
        ...options,
      }),
  }
}

/** The path of a command, or undefined. */
export const find = (host: Host, command: string): string | undefined =>
  host.path
    .map((directory) => join(directory, command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return statSync(file).isFile()
      } catch {
        return false
      }
    })

/** The text of a file of the host, or undefined where there is none to read. */
export const read = (host: Host, file: string): string | undefined => {
  try {
    return readFileSync(join(host.root, file), 'utf8')
  } catch {
    return undefined
  }
}

/** The directory itself, or the nearest above it that exists. */
export const existing = (directory: string): string => {
  let at = directory
  while (!existsSync(at)) at = dirname(at)
  return at
}

/** Whether this process may write there. */
export const writable = (file: string): boolean => {
  try {
    accessSync(file, constants.W_OK)
    return true
  } catch {
    return false
  }
}
