/** The attributes of an element, by their names without a prefix. */
export type Attributes = Readonly<Record<string, string>>

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }

const unescaped = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(lt|gt|quot|apos|amp));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()]!
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })

/** What is no element, by how it begins and ends. */
const SKIPPED: readonly [string, string][] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]

// Neither pattern reads beyond the next `<`, where the search for elements continues: so the work grows with the
// length of a document, whatever is in it.
const NAME = /<(?:[\w.-]+:)?([\w.-]+)/y
const ATTRIBUTE = /\s*(?:[\w.-]+:)?([\w.-]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y

/** Matches a sticky pattern at a place. */
const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const attributesAt = (xml: string, from: number): Attributes => {
  const attributes: Record<string, string> = Object.create(null)
  let at = from
  for (let found = matchAt(ATTRIBUTE, xml, at); found; found = matchAt(ATTRIBUTE, xml, at)) {
    const [whole, name, double, single] = found
    attributes[name!] = unescaped(double ?? single ?? '')
    at += whole.length
  }
  return attributes
}

/** The attributes of the elements with some names, in the order of a document; nothing else of it is looked at. */
export const elements = (
  xml: string,
  names: readonly string[],
): { name: string; attributes: Attributes }[] => {
  const found: { name: string; attributes: Attributes }[] = []
  let at = xml.indexOf('<')
  while (at >= 0) {
    const skipped = SKIPPED.find(([begin]) => xml.startsWith(begin, at))
    if (skipped) {
      const end = xml.indexOf(skipped[1], at + skipped[0].length)
      if (end < 0) break
      at = xml.indexOf('<', end)
      continue
    }
    const [whole, name] = matchAt(NAME, xml, at) ?? []
    if (name !== undefined && names.includes(name))
      found.push({ name, attributes: attributesAt(xml, at + whole!.length) })
    at = xml.indexOf('<', at + 1)
  }
  return found
}
