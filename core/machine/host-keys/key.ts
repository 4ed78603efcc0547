import { sha256 } from '../../base/files/digest.ts'
import type { Place } from './place.ts'

/** The port of SSH, which is not said where host keys are listed. */
const STANDARD = 22

/** The type of a key as it is sent (RFC 4253, 6.6), such as `ssh-ed25519`. */
export const keyType = (key: Buffer): string => {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0)
  const type = key.subarray(4, 4 + length).toString('latin1')
  return /^[\w.@-]{1,64}$/.test(type) ? type : 'unknown'
}

/** A key's fingerprint, as OpenSSH shows it: `SHA256:…`. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${Buffer.from(sha256(key), 'hex').toString('base64').replace(/=+$/, '')}`

/** What a known_hosts file calls a place: the port is only said where it is another than 22. */
export const placeName = ({ host, port }: Place): string => {
  const name = host.toLowerCase()
  return port === STANDARD ? name : `[${name}]:${port}`
}

/** A line of a known_hosts file. */
export const knownHostsLine = (at: Place, key: Buffer): string =>
  `${placeName(at)} ${keyType(key)} ${key.toString('base64')}\n`
