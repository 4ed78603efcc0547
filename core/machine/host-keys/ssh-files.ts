import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readText } from '../../base/files/regular.ts'
import type { KeyedPlace } from './host-keys.ts'
import { knownHostsLine } from './key.ts'

/** Where tools look for files of SSH: their home is that of root. */
const HOME = '/root/.ssh'

/** ssh_config(5). A program of a step answers no question. */
const STRICT = { refuse: 'yes', keep: 'accept-new', accept: 'no' } as const

/** What tools that log in by themselves are given. */
export interface SshFiles {
  /** For a command of the toolbox, like its option of this name. */
  views: Record<string, string>
  env: Record<string, string>
}

/**
 * Writes what tells ssh(1), paramiko and ansible in a tool set which host keys are trusted: at the first of these places, and
 * at those of the same endpoint that follow, where its key counts if no other is known.
 */
export const writeSshFiles = async (
  directory: string,
  [place, ...others]: readonly [KeyedPlace, ...KeyedPlace[]],
): Promise<SshFiles> => {
  const { hostKeys } = place
  const own = hostKeys.known(place)
  const lines = [place, ...others].flatMap((at) => {
    const known = hostKeys.known(at)
    return (known.length > 0 ? known : own).map((key) => knownHostsLine(at, key))
  })
  const unknown = hostKeys.unknown(place)
  const known = join(directory, 'known_hosts')
  await mkdir(directory, { recursive: true })
  await writeFile(known, lines.join('') + (hostKeys.file === undefined ? '' : readText(hostKeys.file)))
  await writeFile(join(directory, 'config'), `StrictHostKeyChecking ${STRICT[unknown]}\n`, { mode: 0o600 })
  return {
    views: { [HOME]: directory },
    env: {
      ANTIDOTE_KNOWN_HOSTS: known,
      ANTIDOTE_UNKNOWN_HOSTS: unknown,
      ANSIBLE_HOST_KEY_CHECKING: unknown === 'accept' ? 'False' : 'True',
      ...(unknown === 'keep' && {
        ANSIBLE_PARAMIKO_HOST_KEY_AUTO_ADD: 'True',
        ANSIBLE_LIBSSH_HOST_KEY_AUTO_ADD: 'True',
      }),
    },
  }
}
