import { errors } from '../../base/errors/catalogue.ts'
import type { XmlData } from './xml.ts'

type Element = { readonly [name: string]: XmlData }

export const isElement = (data: XmlData | undefined): data is Element =>
  typeof data === 'object' && !Array.isArray(data)

/** Takes away the declarations of namespaces, `dropped` attributes of the root, and the boxes they leave empty. */
export const tidy = (data: XmlData, dropped: readonly string[] = []): XmlData => {
  if (typeof data === 'string') return data
  if (!isElement(data)) return (data as readonly XmlData[]).map((one) => tidy(one))
  const { $: attributes = {}, ...rest } = data
  const kept = Object.entries(attributes).filter(
    ([name]) => name !== 'xmlns' && !name.startsWith('xmlns:') && !dropped.includes(name),
  )
  const content = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, tidy(value)]))
  if (kept.length > 0) return { $: Object.fromEntries(kept), ...content }
  const names = Object.keys(content)
  if (names.length === 0) return ''
  return names.length === 1 && names[0] === '_' ? content._! : content
}

/** What may be nothing, one or several, as a list. */
export const listOf = (data: XmlData | undefined): readonly XmlData[] =>
  data === undefined ? [] : Array.isArray(data) ? data : [data as XmlData]

/** The text of an element without its attributes, trimmed; empty for none. */
export const textOf = (data: XmlData | undefined): string => {
  const [first] = listOf(data)
  if (typeof first === 'string') return first.trim()
  return isElement(first) ? textOf(first._) : ''
}

/** One part of a path: a name or `*`, and conditions on its children. */
const PART = /^([\w.-]+|\*)((?:\[[\w.-]+=(?:'[^']*'|"[^"]*"|[^\]'"]*)\])*)$/

const CONDITION = /\[([\w.-]+)=(?:'([^']*)'|"([^"]*)"|([^\]'"]*))\]/g

/** Splits at slashes outside of brackets. */
const split = (path: string): string[] => path.replace(/^\//, '').split(/\/(?![^[]*\])/)

/**
 * The elements at a path such as `interfaces/interface[name='eth0']/enabled`: names without prefix or `*`, with
 * conditions on children. Throws NETCONF_PATH.
 */
export const select = (data: XmlData, path: string): readonly XmlData[] =>
  split(path).reduce<readonly XmlData[]>(
    (found, text) => {
      const part = PART.exec(text)
      if (!part) throw errors.netconfPath(path, text)
      const [, name, conditions] = part
      const wanted = [...conditions!.matchAll(CONDITION)].map(([, child, one, other, bare]) => ({
        child: child!,
        value: one ?? other ?? bare ?? '',
      }))
      return found
        .flatMap((element) => {
          if (!isElement(element)) return []
          const { $: _attributes, _: _text, ...children } = element
          return name === '*' ? Object.values(children).flatMap(listOf) : listOf(children[name!])
        })
        .filter((element) =>
          wanted.every(
            ({ child, value }) =>
              isElement(element) && listOf(element[child]).some((one) => textOf(one) === value.trim()),
          ),
        )
    },
    [data],
  )
