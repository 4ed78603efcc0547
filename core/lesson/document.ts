import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { explainIssue } from '../config/explain-issue.ts'
import { errors } from '../errors/catalogue.ts'
import type { Place } from '../errors/error.ts'

/** A YAML file that was read, and where in it something stands. */
export interface YamlDocument<T> {
  data: T
  place(path: readonly PropertyKey[]): Place
}

/** Reads YAML as a schema has it. Throws LESSON_SYNTAX and LESSON_INVALID with file, line and property. */
export const readYaml = <S extends z.ZodType>(
  file: string,
  text: string,
  schema: S,
): YamlDocument<z.output<S>> => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number) => lines.linePos(offset).line
  const [wrong] = document.errors
  if (wrong) throw errors.lessonSyntax({ file, line: lineAt(wrong.pos[0]) }, wrong.message.replace(/\.$/, ''))
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
  const raw: unknown = document.toJS()
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
