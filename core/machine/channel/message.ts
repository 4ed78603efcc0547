import { errors } from '../../base/errors/catalogue.ts'
import type { Identity } from './identity.ts'

/** What of an identity a guest may not have taken, as it calls it. A NIC is told by its slot: `mtu-1`. */
export type Part = 'clock' | 'hostname' | 'machine-id' | 'host-keys' | 'random' | 'version' | `mtu-${number}`

/** What a guest answers. */
export interface Answer {
  /** Of the message. */
  id: string
  /** What it did not take; empty if it took everything. */
  failed: Part[]
}

/** Of the messages and their answers. */
const VERSION = 1

/** Nothing that a shell reads as more than a letter, whatever the guest does with it. */
const WORD = /^[A-Za-z0-9.+/=-]{1,1024}$/

const line = (name: string, ...words: (string | number)[]): string => {
  for (const word of words.map(String)) if (!WORD.test(word)) throw errors.channelValue(name, word)
  return `${[name, ...words].join(' ')}\n`
}

/**
 * An identity as lines of words for the guest. `now` is in milliseconds; guests set whole seconds, so it is rounded. The
 * first, empty line ends what an earlier writer may have left unfinished. Throws CHANNEL_VALUE.
 */
export const encodeIdentity = (id: string, identity: Identity, now: number): string => {
  const { hostname, machineId, entropy, hostKeys, mtus } = identity
  return [
    '\n',
    line('identity', VERSION, id),
    line('clock', Math.round(now / 1000)),
    line('entropy', entropy),
    ...hostKeys.map((key) => line('key', key.type, key.algorithm, key.public, key.private)),
    line('machine-id', machineId),
    ...(hostname === undefined ? [] : [line('hostname', hostname)]),
    ...mtus.map(({ slot, mtu }) => line('mtu', slot, mtu)),
    line('end'),
  ].join('')
}

const ANSWER = /^identity 1 ([0-9a-f]+) (done|failed((?: [a-z0-9-]+)+))$/

/** An answer; undefined if the line is none. */
export const decodeAnswer = (text: string): Answer | undefined => {
  const [, id, , failed = ''] = ANSWER.exec(text.trim()) ?? []
  return id === undefined ? undefined : { id, failed: failed.split(' ').filter(Boolean) as Part[] }
}
