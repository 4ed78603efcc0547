/** Deeper is no configuration. */
const DEEPEST = 500

/** Elements and attributes of one message: more would fill the memory. A large router's whole configuration has some 100,000. */
const MOST = 1_000_000

const [QUOTE, APOSTROPHE, SLASH, END] = ['"', "'", '/', '>'].map((one) => one.charCodeAt(0)) as [
  number,
  number,
  number,
  number,
]

/** What is no element, by how it begins and ends. */
const SKIPPED: readonly [string, string][] = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
]

/** Where a tag ends, or the text does, and how many quoted values it has. */
const tagAt = (text: string, from: number): { end: number; values: number } => {
  let values = 0
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === END) break
    if (code !== QUOTE && code !== APOSTROPHE) continue
    values++
    const close = text.indexOf(code === QUOTE ? '"' : "'", at + 1)
    if (close < 0) return { end: text.length, values }
    at = close
  }
  return { end: at, values }
}

const NAME = /[^\s/>]*/y

const nameAt = (text: string, at: number): string => {
  NAME.lastIndex = at
  return NAME.exec(text)![0]
}

/**
 * Looks once over a message before it is parsed: a parser builds in memory whatever it is given. Whether it is XML at all,
 * the parser says. Gives the name of an element after the root element. Throws an Error whose message is the end of a sentence.
 */
export const checkBounds = (text: string): string | undefined => {
  let depth = 0
  let parts = 0
  let another: string | undefined
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const skipped = SKIPPED.find(([begin]) => text.startsWith(begin, at))
    if (skipped) {
      const end = text.indexOf(skipped[1], at + skipped[0].length)
      if (end < 0) return another
      at = end
      continue
    }
    // RFC 6241, 3: it must not appear
    if (text.startsWith('<!', at)) throw new Error('a NETCONF message has no DOCTYPE')
    const { end, values } = tagAt(text, at + 1)
    const closes = text.charCodeAt(at + 1) === SLASH
    if (closes) depth--
    else {
      if (depth === 0 && parts > 0) another ??= nameAt(text, at + 1)
      parts += 1 + values
      if (++depth > DEEPEST) throw new Error(`its elements are nested more than ${DEEPEST} deep`)
      if (parts > MOST) throw new Error(`it has more than ${MOST} elements and attributes`)
      if (text.charCodeAt(end - 1) === SLASH) depth--
    }
    at = end
  }
  return another
}

/** Whether a message is comments and blanks only: some servers end with one. */
export const isComment = (text: string): boolean => {
  const blanks = /\s*/y
  for (;;) {
    blanks.test(text)
    const at = blanks.lastIndex
    if (at === text.length) return true
    if (!text.startsWith('<!--', at)) return false
    const end = text.indexOf('-->', at + 4)
    if (end < 0) return false
    blanks.lastIndex = end + 3
  }
}
