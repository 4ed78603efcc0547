import { errors } from '../../base/errors/catalogue.ts'
import type { Addresses } from './addresses/addresses.ts'
import type { Command } from './command.ts'

/** Bytes of an interface's alias: IFALIASZ of linux/if.h, with its end. */
const MOST = 255

const MARK = 'antidote'

/**
 * What an interface had, as text for its alias. The namespace can outlive the container, and what is on the
 * interface is all that the next one finds. Throws NETWORK_MANAGEMENT if it is too much.
 */
export const writeRecord = (name: string, { addresses, routes }: Addresses): string => {
  const text = [
    MARK,
    ...addresses.map(
      ({ address, prefix, broadcast }) => `a ${address}/${prefix}${broadcast ? ` brd ${broadcast}` : ''}`,
    ),
    ...routes.map((route) => `r ${route}`),
  ].join(';')
  if (text.length > MOST) {
    throw errors.networkManagement(`${name} has more addresses and routes than can be kept in its alias`)
  }
  return text
}

export const isRecord = (alias: string | undefined): boolean => alias?.split(';')[0] === MARK

/** The addresses of a record, with their prefixes; none of an alias that is none. */
export const recordedAddresses = (alias: string | undefined): string[] =>
  isRecord(alias) ? [...alias!.matchAll(/;a ([\d./]+)/g)].map(([, address]) => address!) : []

/** The commands that give an interface back what a record says. */
export const readRecord = (name: string, alias: string): Command[] =>
  alias
    .split(';')
    .filter((item) => /^[ar] [\w./ ]+$/.test(item))
    .map((item) => {
      const [kind, ...words] = item.split(' ')
      const object = kind === 'a' ? 'addr' : 'route'
      return { argv: [object, 'replace', ...words, 'dev', name], subject: name }
    })
