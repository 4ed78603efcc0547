import { dirname, normalize } from 'node:path'
import { parse } from '@babel/parser'

/** A file, and what it imports. */
export interface Source {
  /** The path below the root. */
  path: string
  text: string
  /** What it imports, types included: a package, or a path below the root. */
  imports: string[]
  /** Those of them that are loaded with it: neither types only, nor late. */
  eager: string[]
  /** Names, texts and keywords, without comments. */
  words: string[]
}

/** The files behind the package's own names. */
const DOORS: Readonly<Record<string, string>> = {
  antidote: 'core/index.ts',
  'antidote/plugins': 'plugins/index.ts',
  'antidote/presets': 'presets/index.ts',
  'antidote/testing': 'core/build/plugin-testing/index.ts',
}

/** What a file imports, by its text. */
export const sourceOf = (path: string, text: string): Source => {
  if (!path.endsWith('.ts')) {
    const words = text.split('\n').filter((line) => !line.startsWith('#'))
    return { path, text, imports: [], eager: [], words }
  }
  const { tokens, program } = parse(text, { sourceType: 'module', plugins: ['typescript'], tokens: true })
  const code = (tokens ?? []).filter(({ type }) => !['CommentLine', 'CommentBlock'].includes(type as never))
  const words = code.map(({ value }) => String(value?.pattern ?? value ?? ''))
  const place = (name: string) => (name.startsWith('.') ? normalize(`${dirname(path)}/${name}`) : name)
  const imports = words.flatMap((word, index) => {
    const follows =
      ['from', 'import'].includes(words[index - 1]!) ||
      (words[index - 2] === 'import' && code[index - 1]!.type.label === '(')
    if (!follows || code[index]!.type.label !== 'string') return []
    return [place(word)]
  })
  const eager = program.body.flatMap((node) => {
    if (node.type !== 'ImportDeclaration' || node.importKind === 'type') return []
    const types = node.specifiers.every((one) => one.type === 'ImportSpecifier' && one.importKind === 'type')
    return types && node.specifiers.length > 0 ? [] : [place(node.source.value)]
  })
  return { path, text, imports, eager, words }
}

/** The files that a file imports, those behind the package's own names among them. */
export const filesOf = ({ imports }: Source): string[] => imports.map((name) => DOORS[name] ?? name)

/** Files that reach themselves by their imports, each circle with all its files in order: Tarjan's components. */
export const circlesOf = (sources: readonly Source[]): string[][] => {
  const known = new Map(sources.map((source) => [source.path, filesOf(source)]))
  const found = new Map<string, { index: number; low: number; open: boolean }>()
  const stack: string[] = []
  const circles: string[][] = []
  const visit = (path: string) => {
    const own = { index: found.size, low: found.size, open: true }
    found.set(path, own)
    stack.push(path)
    for (const other of known.get(path)!) {
      if (!known.has(other)) continue
      const there = found.get(other)
      if (!there) own.low = Math.min(own.low, visit(other).low)
      else if (there.open) own.low = Math.min(own.low, there.index)
    }
    if (own.low < own.index) return own
    const circle = stack.splice(stack.indexOf(path))
    for (const member of circle) found.get(member)!.open = false
    if (circle.length > 1 || known.get(path)!.includes(path)) circles.push(circle.sort())
    return own
  }
  for (const path of known.keys()) if (!found.has(path)) visit(path)
  return circles.sort((a, b) => a[0]!.localeCompare(b[0]!))
}

/** The room of an order that a file is in: the innermost of those that it stands below. */
export const roomOf = (path: string, order: readonly string[]): string | undefined =>
  order
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)
    .at(0)

/** "file imports what", types included, for imports from a room that stands after the file's own. */
export const upwardOf = (sources: readonly Source[], order: readonly string[]): string[] => {
  const place = (path: string) => order.indexOf(roomOf(path, order) ?? '')
  return sources.flatMap((source) =>
    filesOf(source)
      .filter((imported) => place(imported) > place(source.path))
      .map((imported) => `${source.path} imports ${imported}`),
  )
}
