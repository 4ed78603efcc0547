import { errors } from '../../base/errors/catalogue.ts'
import type { HostKeys } from './host-keys.ts'
import { fingerprint, placeName } from './key.ts'
import type { Place } from './place.ts'

/** Takes the first key that a server shows at a place, and no other after it: for machines that we have started ourselves. */
export class FirstKeys implements HostKeys {
  readonly #kept = new Map<string, Buffer>()

  known(at: Place): Buffer[] {
    const key = this.#kept.get(placeName(at))
    return key ? [key] : []
  }

  unknown(): 'keep' {
    return 'keep'
  }

  check(at: Place, key: Buffer): void {
    const [first] = this.known(at)
    if (first && !first.equals(key))
      throw errors.hostKeyChanged(`${at.host}:${at.port}`, fingerprint(key), fingerprint(first))
  }

  keep(at: Place, key: Buffer): void {
    if (this.known(at).length === 0) this.#kept.set(placeName(at), key)
  }

  /** A guest that starts anew may make new keys. */
  forget(): void {
    this.#kept.clear()
  }
}
