import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const TEMPLATES = fileURLToPath(new URL('./templates', import.meta.url))
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

/** The presets there are templates of. */
export const presetNames = (): string[] =>
  readdirSync(TEMPLATES)
    .filter((name) => name !== COMMON)
    .sort()

/** The files of a preset's image directory for an image of that name. */
export const templateFiles = (preset: string, image: string): TemplateFile[] =>
  [preset, COMMON]
    .flatMap((directory) =>
      readdirSync(join(TEMPLATES, directory)).map((file) => ({
        file,
        path: join(TEMPLATES, directory, file),
      })),
    )
    .map(({ file, path }) => ({
      name: RENAMED[file] ?? file,
      content: readFileSync(path, 'utf8').replaceAll('{{name}}', image),
      mode: file.endsWith('.sh') ? 0o755 : 0o644,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
