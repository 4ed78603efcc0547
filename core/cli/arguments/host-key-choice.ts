import { dirname, resolve } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { anyHostKey, type HostKeys } from '../../machine/host-keys/host-keys.ts'
import { TrustedKeys } from '../../machine/host-keys/trusted.ts'
import { unwritable } from '../preflight/paths.ts'
import { say } from '../terminal/output.ts'
import { style } from '../terminal/style.ts'

/** What `--host-keys` may be. */
export const HOST_KEY_CHOICES = ['known', 'first-use', 'any'] as const

export type HostKeyChoice = (typeof HOST_KEY_CHOICES)[number]

const NOTHING_CHECKED = 'No SSH host key is checked: whoever poses as an endpoint receives its password.'

interface HostKeyOptions {
  knownHosts?: string
  hostKeys?: HostKeyChoice
}

/** Which host keys are trusted, as the options say; what `any` gives up is said. Throws FILE_UNREADABLE and OUTPUT_UNUSABLE. */
export const hostKeysOf = ({ knownHosts, hostKeys }: HostKeyOptions): HostKeys => {
  if (hostKeys === 'any') {
    say(`${style.warn('warning')} ${NOTHING_CHECKED}\n`)
    return anyHostKey
  }
  const file = knownHosts === undefined ? undefined : resolve(knownHosts)
  const firstUse = hostKeys === 'first-use'
  if (firstUse && file !== undefined) {
    const reason = unwritable(dirname(file))
    if (reason) throw errors.outputUnusable('--known-hosts', file, reason)
  }
  return new TrustedKeys({ file, firstUse })
}
