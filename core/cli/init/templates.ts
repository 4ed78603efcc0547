import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Installation } from './installation.ts'
import { callName } from './name.ts'

const TEMPLATES = fileURLToPath(new URL('./templates', import.meta.url))

/** The files of everything around it; a preset's own take their place. */
const COMMON = 'common'

/** The kind of what is a package and no image. */
const PACKAGE = 'package'

/** What the package of a plugin is called before its own name. */
const PREFIX = 'antidote-plugin-'

/** A file of a directory that `init` writes. */
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

/** Whether the preset is of an image, and not of a package. */
export const isImage = (preset: string): boolean => places().get(preset) !== PACKAGE

/** What something is called in a directory of that name: the package of a plugin has a prefix. */
export const ownName = (preset: string, directory: string): { image: string } | { plugin: string } =>
  isImage(preset) ? { image: directory } : { plugin: directory.replace(new RegExp(`^${PREFIX}(?=.)`), '') }

const filesOf = (directory: string): [string, string][] =>
  readdirSync(join(TEMPLATES, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => [path.slice(join(TEMPLATES, directory).length + 1), path])

/** Templates have names that mean nothing to npm, git or the TypeScript compiler. */
const written = (file: string): string =>
  file === 'gitignore' || file === 'npmrc' ? `.${file}` : file.replace(/\.tmpl$/, '')

/** Text inside the quotes of JSON. */
const quoted = (text: string): string => JSON.stringify(text).slice(1, -1)

/** The files of a preset's directory, by that name. */
export const templateFiles = (preset: string, name: string, antidote: Installation): TemplateFile[] => {
  const kind = places().get(preset)!
  const call = callName(name)
  const values: Record<string, string> = {
    name,
    package: `${PREFIX}${name}`,
    call,
    Call: `${call[0]!.toUpperCase()}${call.slice(1)}`,
    antidote: quoted(`file:${antidote.directory}`),
    tsc: antidote.linkable ? 'tsc' : 'node node_modules/typescript/bin/tsc',
  }
  const directories =
    kind === PACKAGE ? [join(kind, preset)] : [COMMON, join(kind, COMMON), join(kind, preset)]
  const files = new Map(directories.flatMap(filesOf))
  return [...files]
    .filter(([file]) => file !== 'npmrc' || !antidote.linkable)
    .map(([file, path]) => ({
      name: written(file),
      content: readFileSync(path, 'utf8').replace(/\{\{(\w+)\}\}/g, (_, value: string) => values[value]!),
      mode: file.endsWith('.sh') ? 0o755 : 0o644,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
