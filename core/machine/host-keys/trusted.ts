import { appendFileSync, existsSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { messageOf } from '../../base/errors/error.ts'
import { readText } from '../../base/files/regular.ts'
import { quote } from '../../base/text/quote.ts'
import { FirstKeys } from './first-keys.ts'
import type { HostKeys } from './host-keys.ts'
import { fingerprint, knownHostsLine } from './key.ts'
import { KnownHosts, type KnownKey } from './known-hosts.ts'
import type { Place } from './place.ts'

const STANDARD = 22

/** Where ssh(1) looks. */
const defaults = (): string[] => [join(homedir(), '.ssh/known_hosts'), '/etc/ssh/ssh_known_hosts']

/** Whether nobody but this host can answer there. */
const isLoopback = (host: string): boolean =>
  /^localhost$/i.test(host) || host === '::1' || (isIPv4(host) && host.startsWith('127.'))

/** Throws OUTPUT_UNUSABLE. */
const addLine = (file: string, line: string): void => {
  try {
    const joint = existsSync(file) && !/(^|\n)$/.test(readText(file)) ? '\n' : ''
    appendFileSync(file, joint + line, { mode: 0o600 })
  } catch (error) {
    throw errors.outputUnusable('--known-hosts', file, messageOf(error))
  }
}

/** The command that adds the keys of a place to the user's own. */
const scanOf = ({ host, port }: Place): string =>
  `ssh-keyscan${port === STANDARD ? '' : ` -p ${port}`} ${quote(host)} >>~/.ssh/known_hosts`

/** Which keys are trusted. */
export interface TrustOptions {
  /** A known_hosts file. If left out, those of the user and of the host, but not for ports of this host itself. */
  file?: string | undefined
  /** Take the first key that a server shows wherever it is, and no other after it, and add it to `file`; on this host always. */
  firstUse?: boolean
}

/** Trusts what known_hosts files have, and the first key of a place where that is to be. */
export class TrustedKeys implements HostKeys {
  readonly #options: TrustOptions
  #listed: KnownHosts | undefined
  readonly #first = new FirstKeys()

  /** Throws FILE_UNREADABLE; a file to which first keys are added need not be there yet. */
  constructor(options: TrustOptions = {}) {
    const { file, firstUse = false } = options
    this.#options = options
    if (file !== undefined) this.#listed = new KnownHosts([file], !firstUse)
  }

  get file(): string | undefined {
    const { file } = this.#options
    return file !== undefined && existsSync(file) ? file : undefined
  }

  known(at: Place): Buffer[] {
    const listed = this.#listedAt(at).filter(({ revoked }) => !revoked)
    return [...listed.map(({ key }) => key), ...this.#first.known(at)]
  }

  unknown({ host }: Place): 'refuse' | 'keep' {
    return this.#options.firstUse || isLoopback(host) ? 'keep' : 'refuse'
  }

  check(at: Place, key: Buffer): void {
    const where = `${at.host}:${at.port}`
    const here = this.#listedAt(at)
    const standard = this.#listedAt({ ...at, port: STANDARD })
    const revoked = [...here, ...standard].find((one) => one.revoked && one.key.equals(key))
    if (revoked) throw errors.hostKeyRevoked(where, fingerprint(key), revoked)
    const own = here.filter((one) => !one.revoked)
    // ssh(1) takes the key of a host's port 22 at a port of which none is listed
    if ((own.length > 0 ? own : standard).some((one) => one.key.equals(key))) return
    const [other] = own
    if (other) throw errors.hostKeyChanged(where, fingerprint(key), fingerprint(other.key), other)
    this.#first.check(at, key)
    if (this.unknown(at) === 'refuse') throw errors.hostKeyUnknown(where, fingerprint(key), scanOf(at))
  }

  keep(at: Place, key: Buffer): void {
    if (this.known(at).length > 0) return
    this.#first.keep(at, key)
    const { file, firstUse } = this.#options
    if (file !== undefined && firstUse) addLine(file, knownHostsLine(at, key))
  }

  #listedAt(at: Place): KnownKey[] {
    // a port of this host is one container's after the other, so what the user's own file has of it is old
    if (this.#options.file === undefined && isLoopback(at.host)) return []
    this.#listed ??= new KnownHosts(defaults())
    return this.#listed.at(at)
  }
}
