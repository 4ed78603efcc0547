import { linux } from 'antidote'
import type { Repository } from './repositories.ts'

export const checks = linux.optionChecks('centos')
const { bad } = checks

/** Names of packages, never options of a command; rpm allows capitals and underscores. */
export const checkPackages = (names: readonly string[]): void => {
  for (const name of names)
    if (!/^[A-Za-z0-9][\w.+-]*$/.test(name))
      throw bad(`"${name}" cannot be the name of a package.`, 'Names have letters, digits, _, +, - and dots.')
}

export const checkUrl = (option: string, address: string): void => {
  if (!/^(https?|file):\/\/[^@\s\p{Cc}]+$/u.test(address))
    throw bad(
      `${option} must be a URL of http, https or file without a user or password in it.`,
      'Put a proxy of your own before a mirror that asks for credentials; no image records them then.',
    )
}

const PLACES = ['baseurl', 'mirrorlist', 'metalink'] as const
const FIELDS = ['name', ...PLACES, 'key', 'fingerprint']

/** A repository; one beside the distribution's own must say which key signs it. */
export const checkRepository = (repository: Repository, keyed = false): void => {
  const { name, key, fingerprint } = repository
  for (const field of Object.keys(repository))
    if (!FIELDS.includes(field))
      throw bad(`"${field}" is nothing that a repository has.`, `It has ${FIELDS.join(', ')}.`)
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name ?? ''))
    throw bad(`"${name}" cannot be the name of a repository.`, 'Use letters, digits, dots, _ and -.')
  const given = PLACES.filter((place) => repository[place] !== undefined)
  if (given.length !== 1)
    throw bad(
      `the repository "${name}" has ${given.length === 0 ? 'no address' : `${given.length} addresses`}.`,
      `Give one of ${PLACES.join(', ')}.`,
    )
  checkUrl(`${given[0]} of "${name}"`, repository[given[0]!]!)
  if (
    fingerprint !== undefined &&
    !/^([0-9A-F]{40}|[0-9A-F]{64})$/.test(fingerprint.replace(/ /g, '').toUpperCase())
  )
    throw bad(
      `the fingerprint of "${name}" is not one.`,
      'Write the whole of it, 40 hexadecimal digits: a part could be forged.',
    )
  if (keyed && key === undefined && fingerprint === undefined)
    throw bad(
      `the source "${name}" has no key.`,
      'Give the file of its key, or the fingerprint of one that it brings.',
    )
}
