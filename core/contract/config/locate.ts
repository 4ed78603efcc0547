import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

interface Node {
  type: string
  loc?: { start: { line: number } } | null
  [name: string]: unknown
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value

const parseFile = (file: string): Node | undefined => {
  // only bad news needs the parser, and it takes its time to load
  const { parse } = require('@babel/parser') as typeof import('@babel/parser')
  try {
    return parse(readFileSync(file, 'utf8'), { sourceType: 'module', plugins: ['typescript'] })
      .program as unknown as Node
  } catch {
    return undefined
  }
}

/** What a name stands for at the top of the file. */
const declared = (program: Node, name: unknown): Node | undefined => {
  for (const statement of program.body as Node[]) {
    const declaration = isNode(statement.declaration) ? statement.declaration : statement
    for (const { id, init } of (declaration.declarations ?? []) as { id: Node; init: unknown }[]) {
      if (id.name === name && isNode(init)) return init
    }
  }
  return undefined
}

/** The expression itself, behind names, type annotations and defineImage(). */
const resolve = (program: Node, node: Node | undefined): Node | undefined => {
  if (!node) return undefined
  if (/^(TS|Parenthesized)\w*Expression$/.test(node.type)) return resolve(program, node.expression as Node)
  if (node.type === 'Identifier') return resolve(program, declared(program, node.name)) ?? node
  const { callee, arguments: args } = node as unknown as { callee?: Node; arguments?: Node[] }
  return callee?.name === 'defineImage' ? (resolve(program, args?.[0]) ?? node) : node
}

const child = (program: Node, node: Node, part: PropertyKey): Node | undefined => {
  if (node.type === 'ArrayExpression') return (node.elements as (Node | null)[])[Number(part)] ?? undefined
  if (node.type !== 'ObjectExpression') return undefined
  // the last one wins, as it does when the file runs
  for (const property of (node.properties as Node[]).toReversed()) {
    const key = property.key as { name?: string; value?: string } | undefined
    if (key?.name === part || key?.value === part) return property
    const spread = property.type === 'SpreadElement' ? resolve(program, property.argument as Node) : undefined
    const inside = spread && child(program, spread, part)
    if (inside) return inside
  }
  return undefined
}

/**
 * The line of a property in a config file, as near as the source tells:
 * a property that is not written there gives the line of what it belongs to.
 */
export const locate = (file: string, path: readonly PropertyKey[]): number | undefined => {
  const program = parseFile(file)
  const exported = (program?.body as Node[] | undefined)?.find(
    ({ type }) => type === 'ExportDefaultDeclaration',
  )
  if (!program || !exported) return undefined
  let node = resolve(program, exported.declaration as Node)
  let line = node?.loc?.start.line
  for (const part of path) {
    const next = node && child(program, node, part)
    if (!next) break
    line = next.loc?.start.line ?? line
    node = resolve(program, next.type === 'ObjectProperty' ? (next.value as Node) : next)
  }
  return line
}
