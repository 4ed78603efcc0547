import { AntidoteError, type NetconfFilter, type NetconfSession, select, textOf } from 'antidote'
import type { Assertion } from './options.ts'

const filterOf = ({ subtree, xpath, namespaces }: Assertion): NetconfFilter | undefined => {
  if (subtree !== undefined) return { subtree }
  if (xpath === undefined) return undefined
  return { xpath, ...(namespaces && { namespaces }) }
}

const quoted = (texts: readonly string[]): string =>
  texts.length === 0 ? 'nothing' : texts.map((text) => JSON.stringify(text)).join(', ')

/** What is wrong with the texts that were found; undefined where nothing is. */
const wrong = ({ equals, matches, count }: Assertion, texts: readonly string[]): string | undefined => {
  const found = `found ${quoted(texts)}`
  if (equals !== undefined) {
    const wanted = typeof equals === 'string' ? [equals] : [...equals]
    const same = JSON.stringify([...texts].sort()) === JSON.stringify(wanted.sort())
    if (!same) return `expected ${quoted(wanted)}, ${found}`
  }
  if (count !== undefined && texts.length !== count) return `expected ${count} elements, ${found}`
  if (matches !== undefined && !texts.every((text) => new RegExp(matches).test(text)))
    return `expected /${matches}/, ${found}`
  if (texts.length === 0 && equals === undefined && count === undefined) return 'found nothing'
  return undefined
}

/** Asks a device for each assertion. Throws NETCONF_ASSERTION with all that are not met. */
export const assertAll = async (assertions: readonly Assertion[], session: NetconfSession): Promise<void> => {
  const failed: string[] = []
  for (const assertion of assertions) {
    const { path, source, name } = assertion
    const filter = filterOf(assertion)
    const { data } = source ? await session.getConfig(source, filter) : await session.get(filter)
    const reason = wrong(assertion, select(data, path).map(textOf))
    if (reason) failed.push(`${name ? `${name}: ` : ''}${path}: ${reason}`)
  }
  if (failed.length === 0) return
  const [first] = failed
  throw new AntidoteError(
    'NETCONF_ASSERTION',
    failed.length === 1
      ? `${session.where} does not say what it must: ${first}.`
      : `${session.where} does not say what it must in ${failed.length} of ${assertions.length} places.`,
    { lines: failed },
  )
}
