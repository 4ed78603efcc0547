import { errors } from '../../errors/catalogue.ts'
import type { BuildingOptions } from '../session.ts'

/** The options of `publish`. */
export interface PublishOptions extends BuildingOptions {
  tag?: string[]
  output?: string
  load?: boolean
  to?: string
  insecure?: boolean
  preview?: string
  /** A directory of images; true for the one of -C, or this one. */
  changed?: string | true
  /** A file; true for image.meta.yaml beside the config, "-" to print it. */
  meta?: string | true
  dockerfile?: string
  test?: boolean
}

type Name = keyof PublishOptions & string

/** Options that speak of one image, and why a whole directory of images has no use for them. */
const OF_ONE: Partial<Record<Name, string>> = {
  config: 'a config is one image, and --changed looks for all of them',
  tag: 'a name is for one image',
  meta: 'a file is for one image',
  dockerfile: 'a build context is for one image',
}

/** What has no effect where image.meta.yaml is only printed. */
const PUBLISHING: readonly Name[] = ['tag', 'output', 'load', 'to', 'preview', 'dockerfile', 'changed']

/** Refuses options that cannot be meant together. Throws OPTIONS_CONTRADICT. */
export const checkOptions = (options: PublishOptions): void => {
  const given = (name: Name) => options[name] !== undefined
  if (options.meta === '-') {
    const other = PUBLISHING.find(given)
    const reason = 'with - image.meta.yaml is only printed and nothing is published'
    const hint = 'Name a file, as in --meta image.meta.yaml, or leave the other option out.'
    if (other) throw errors.optionsContradict('--meta -', `--${other}`, reason, hint)
  }
  if (!given('changed')) return
  for (const [name, reason] of Object.entries(OF_ONE)) {
    if (!given(name as Name)) continue
    const hint =
      name === 'tag'
        ? 'Each image keeps its own name; give the tag by --preview, or at the end of --to.'
        : `Publish one image with --${name}: \`antidote -C <dir> publish\`.`
    throw errors.optionsContradict('--changed', `--${name}`, reason, hint)
  }
}
