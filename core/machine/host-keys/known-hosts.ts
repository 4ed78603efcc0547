import { hmacSha1 } from '../../base/files/digest.ts'
import { isMissing, readText } from '../../base/files/regular.ts'
import { placeName } from './key.ts'
import type { Place } from './place.ts'

/** A key of a known_hosts file, and where it stands. */
export interface KnownKey {
  readonly key: Buffer
  readonly file: string
  readonly line: number
  /** No server may show it any more. */
  readonly revoked: boolean
}

interface Entry extends KnownKey {
  matches(name: string): boolean
}

/** A name that is hidden by its HMAC: `|1|salt|digest`. */
const hidden = (field: string): ((name: string) => boolean) => {
  const [, , salt = '', digest = ''] = field.split('|')
  const wanted = Buffer.from(digest, 'base64')
  return (name) => hmacSha1(Buffer.from(salt, 'base64'), name).equals(wanted)
}

/** Whether `*` and `?` of a pattern fit. In time that grows with the length of both alone, whatever they are. */
const fits = (pattern: string, name: string): boolean => {
  let [at, inName, star, from] = [0, 0, -1, 0]
  while (inName < name.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at++
      from = inName
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === name[inName])) {
      at++
      inName++
    } else if (star >= 0) {
      at = star + 1
      inName = ++from
    } else return false
  }
  return /^\**$/.test(pattern.slice(at))
}

/** A list of patterns with commas between them; one with `!` before it takes its names out. */
const listed = (field: string): ((name: string) => boolean) => {
  const patterns = field.toLowerCase().split(',')
  return (name) =>
    !patterns.some((one) => one.startsWith('!') && fits(one.slice(1), name)) &&
    patterns.some((one) => !one.startsWith('!') && fits(one, name))
}

/** Reads one line (sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT"); keys of authorities sign certificates, which are not spoken here. */
const entryOf = (text: string, file: string, line: number): Entry[] => {
  const words = text.trim().split(/[ \t]+/)
  const marker = words[0]!.startsWith('@') ? words.shift()! : ''
  const [names = '', , encoded] = words
  if (names === '' || names.startsWith('#') || encoded === undefined || marker === '@cert-authority')
    return []
  const matches = names.startsWith('|') ? hidden(names) : listed(names)
  return [{ key: Buffer.from(encoded, 'base64'), file, line, revoked: marker === '@revoked', matches }]
}

/** What known_hosts files say. */
export class KnownHosts {
  readonly #entries: readonly Entry[]

  /** A file that is not there has no keys, unless it is `needed`. Throws FILE_UNREADABLE. */
  constructor(files: readonly string[], needed = false) {
    this.#entries = files.flatMap((file) => {
      try {
        return readText(file)
          .split('\n')
          .flatMap((text, index) => entryOf(text, file, index + 1))
      } catch (error) {
        if (!needed && isMissing(error)) return []
        throw error
      }
    })
  }

  /** The keys of a place. */
  at(place: Place): KnownKey[] {
    const name = placeName(place)
    return this.#entries.filter((entry) => entry.matches(name))
  }
}
