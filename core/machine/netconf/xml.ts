import { errors } from '../../base/errors/catalogue.ts'

/** XML source text, as `xml` makes it. */
export interface Xml {
  readonly xml: string
}

/** Content of an XML element: a value, elements by name, or `xml` text. `$` holds attributes, `_` text beside them. */
export type XmlContent =
  | Xml
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly XmlContent[]
  | { readonly [name: string]: XmlContent }

/** What is sent as XML: source text, an `xml` template, or elements by name. */
export type XmlSource = string | Xml | { readonly [name: string]: XmlContent }

/** XML as it was read: text, elements by name without prefix, or a list where a name repeats. `$` and `_` as above. */
export type XmlData = string | readonly XmlData[] | { readonly [name: string]: XmlData }

export const isXml = (value: unknown): value is Xml =>
  typeof value === 'object' && value !== null && typeof (value as Xml).xml === 'string'

/** The characters that XML 1.0 does not have (2.2), lone surrogates among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched for
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** A text, for an element's content or an attribute's value. Throws NETCONF_XML. */
export const escapeXml = (text: string): string => {
  const wrong = FORBIDDEN.exec(text)
  if (wrong) {
    const code = wrong[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    throw errors.netconfXml(`A text of ${text.length} characters`, `it has the character U+${code}`)
  }
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!)
}

type Value = Xml | string | number | boolean | readonly Value[]

const written = (value: Value, before: string): string => {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return escapeXml(String(value))
  if (Array.isArray(value)) return value.map((one) => written(one, before)).join('')
  if (isXml(value)) return value.xml
  throw errors.netconfXml(
    'A template',
    `the value after "${before.trim().slice(-40)}" is ${value === null ? 'null' : typeof value}`,
  )
}

/**
 * XML from a template. Texts, numbers and booleans are escaped; other `xml` and lists are put in as they are.
 * Throws NETCONF_XML for undefined, null and what XML cannot hold.
 */
export const xml = (parts: TemplateStringsArray, ...values: Value[]): Xml =>
  Object.freeze({
    xml: parts.reduce((text, part, index) => text + written(values[index - 1]!, parts[index - 1]!) + part),
  })

/** A prefix and a name, without the letters outside ASCII, which no YANG identifier has. */
const NAME = /^([A-Za-z_][\w.-]*:)?[A-Za-z_][\w.-]*$/

/** Plain data for a builder, in which `place` replaces every piece of XML. Throws NETCONF_XML. */
export const plain = (content: XmlContent, place: (source: string) => string, at = ''): unknown => {
  if (content === null || content === undefined) return null
  if (isXml(content)) return place(content.xml)
  if (Array.isArray(content)) return content.map((one) => plain(one, place, at))
  if (typeof content !== 'object') {
    // what XML cannot hold is refused here, escaping is the builder's
    escapeXml(String(content))
    return String(content)
  }
  const entries = Object.entries(content).filter(([, value]) => value !== undefined)
  for (const [name] of entries)
    if (name !== '$' && name !== '_' && !NAME.test(name))
      throw errors.netconfXml(`"${name}"${at && ` in "${at}"`}`, 'it is not the name of an element')
  return Object.fromEntries(entries.map(([name, value]) => [name, plain(value, place, name)]))
}
