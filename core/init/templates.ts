import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TEMPLATES = fileURLToPath(new URL('./templates', import.meta.url))

/** The files of everything around it; a preset's own take their place. */
const COMMON = 'common'

/** Names that would mean something to npm, git or the TypeScript compiler if the templates had them too. */
const RENAMED: Record<string, string> = {
  gitignore: '.gitignore',
  'antidote.config.ts.tmpl': 'antidote.config.ts',
}

/** A file of an image directory. */
export interface TemplateFile {
  name: string
  content: string
  /** npm does not keep modes, so the name decides. */
  mode: number
}

const within = (...path: string[]): string[] =>
  readdirSync(join(TEMPLATES, ...path)).filter((name) => name !== COMMON)

/** Where the files of each preset are: `<kind>/<preset>`. */
const places = (): Map<string, string> =>
  new Map(within().flatMap((kind) => within(kind).map((preset) => [preset, kind])))

/** The presets there are templates of. */
export const presetNames = (): string[] => [...places().keys()].sort()

const filesOf = (directory: string): [string, string][] =>
  readdirSync(join(TEMPLATES, directory)).map((file) => [file, join(TEMPLATES, directory, file)])

/** The files of a preset's image directory for an image of that name. */
export const templateFiles = (preset: string, image: string): TemplateFile[] => {
  const kind = places().get(preset)!
  const files = new Map([COMMON, join(kind, COMMON), join(kind, preset)].flatMap(filesOf))
  return [...files]
    .map(([file, path]) => ({
      name: RENAMED[file] ?? file,
      content: readFileSync(path, 'utf8').replaceAll('{{name}}', image),
      mode: file.endsWith('.sh') ? 0o755 : 0o644,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
