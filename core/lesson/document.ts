import { type Document, isScalar, Lexer, LineCounter, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { errors } from '../base/errors/catalogue.ts'
import { isAntidoteError, messageOf, type Place } from '../base/errors/error.ts'
import { shortened } from '../base/text/printable.ts'
import { explainIssue } from '../base/validation/explain-issue.ts'

/** Characters of a file; those of real lessons have some thousand. */
const LARGEST = 1 << 20

/** Words and marks of a file: some ten thousand lines. */
const MOST_TOKENS = 100_000

/** Names that stand for something written before: each is looked up from the beginning of the file. */
const MOST_ALIASES = 100

/** A YAML file that was read, and where in it something stands. */
export interface YamlDocument<T> {
  data: T
  place(path: readonly PropertyKey[]): Place
}

/** Why a text is more than a lesson's author means: what is read here is not trusted. */
const tooMuch = (text: string): string | undefined => {
  if (text.length > LARGEST) return `it has more than ${LARGEST} characters`
  let tokens = 0
  let aliases = 0
  for (const token of new Lexer().lex(text)) {
    if (++tokens > MOST_TOKENS) return `it has more than ${MOST_TOKENS} words and marks`
    if (token.startsWith('*') && ++aliases > MOST_ALIASES) return `it has more than ${MOST_ALIASES} aliases`
  }
  return undefined
}

/** Where a map has a key twice. The parser's own check compares each key with every other. */
const repeatedKey = (document: Document): number | undefined => {
  let found: number | undefined
  visit(document, {
    Map: (_, { items }) => {
      const known = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (known.has(key.value)) {
          found = key.range?.[0] ?? 0
          return visit.BREAK
        }
        known.add(key.value)
      }
      return undefined
    },
  })
  return found
}

/** What the parser says, in words that say what to change. */
const plain = (message: string): string => {
  if (/call stack/.test(message)) return 'its values are nested too deep'
  if (/^Excessive alias/.test(message))
    return 'its aliases stand for other aliases, and together for too much'
  return shortened(message.replace(/\.$/, ''))
}

/** Calls the parser. Throws LESSON_SYNTAX for what it throws: it calls itself for each level, and knows no limit. */
const declared = <T>(file: string, work: () => T): T => {
  try {
    return work()
  } catch (error) {
    throw isAntidoteError(error) ? error : errors.lessonSyntax({ file }, plain(messageOf(error)))
  }
}

/** Reads YAML as a schema has it. Throws LESSON_SYNTAX and LESSON_INVALID with file, line and property. */
export const readYaml = <S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
): YamlDocument<z.output<S>> => {
  const much = tooMuch(text)
  if (much) throw errors.lessonSyntax({ file }, much)
  const lines = new LineCounter()
  const document = declared(file, () =>
    parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' }),
  )
  const lineAt = (offset: number) => lines.linePos(offset).line
  const refuse = (offset: number, reason: string) =>
    errors.lessonSyntax({ file, line: lineAt(offset) }, plain(reason))
  const [wrong] = document.errors
  if (wrong) throw refuse(wrong.pos[0], wrong.message)
  /** As near as the text tells: what is not there gives the line of what it belongs to. */
  const place = (path: readonly PropertyKey[]): Place => {
    const property = path.map(String).join('.')
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
      const range = (node as { range?: [number, number, number] } | null | undefined)?.range
      if (range) return { file, line: lineAt(range[0]), ...(property && { property }) }
    }
    return { file, ...(property && { property }) }
  }
  const raw = declared(file, (): unknown => {
    const repeated = repeatedKey(document)
    if (repeated !== undefined) throw refuse(repeated, 'Map keys must be unique')
    return document.toJS({ maxAliasCount: MOST_ALIASES })
  })
  const checked = schema.safeParse(raw)
  if (checked.success) return { data: checked.data, place }
  const issue = checked.error.issues[0]!
  if (issue.code === 'unrecognized_keys') {
    const path = [...issue.path, issue.keys[0]!]
    throw errors.lessonInvalid(place(path), 'is not known here.')
  }
  const value = issue.path.reduce<unknown>(
    (object, part) => (object as Record<PropertyKey, unknown> | undefined)?.[part],
    raw,
  )
  throw errors.lessonInvalid(place(issue.path), explainIssue(issue, value))
}
