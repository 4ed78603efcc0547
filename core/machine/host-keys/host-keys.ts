import { errors } from '../../base/errors/catalogue.ts'
import { fingerprint } from './key.ts'
import type { Place } from './place.ts'

/** Which SSH host keys are trusted. A server shows its key before the client sends a user or a password. */
export interface HostKeys {
  /** The known_hosts file that was named for them, if one was, and is there. */
  readonly file?: string | undefined
  /** The keys that are known at a place. */
  known(at: Place): readonly Buffer[]
  /** What becomes of a key where none is known: refused, kept as the only one from then on, or taken each time. */
  unknown(at: Place): 'refuse' | 'keep' | 'accept'
  /** Throws HOST_KEY_UNKNOWN and HOST_KEY_CHANGED. */
  check(at: Place, key: Buffer): void
  /** Remembers a key that `check` let pass, once its server has proved that the other half is its own. */
  keep(at: Place, key: Buffer): void
}

/** A place with what is known of its keys. */
export interface KeyedPlace extends Place {
  readonly hostKeys: HostKeys
}

/** Trusts whatever key is shown: for whom no password is sent to, and for who says so. */
export const anyHostKey: HostKeys = {
  known: () => [],
  unknown: () => 'accept',
  check: () => {},
  keep: () => {},
}

/** Trusts the one key with a fingerprint, `SHA256:…`. */
export const hostKeyWith = (wanted: string): HostKeys => ({
  known: () => [],
  unknown: () => 'refuse',
  check: ({ host, port }, key) => {
    const shown = fingerprint(key)
    if (shown !== wanted) throw errors.hostKeyChanged(`${host}:${port}`, shown, wanted)
  },
  keep: () => {},
})
