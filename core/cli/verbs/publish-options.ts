import { errors } from '../../base/errors/catalogue.ts'
import type { BuildingOptions } from '../session/with-build.ts'

/** The options of `publish`. */
export interface PublishOptions extends BuildingOptions {
  tag?: string[]
  output?: string
  load?: boolean
  /** A file that engines load. */
  archive?: string
  to?: string
  insecure?: boolean
  preview?: string
  /** A directory of images; true for the one of -C, or this one. */
  changed?: string | true
  /** A file; true for image.meta.yaml beside the config, "-" to print it. */
  meta?: string | true
  dockerfile?: string
  redistribute?: boolean
  withoutVendorDisk?: boolean
  test?: boolean
}

type Name = keyof PublishOptions & string

/** Options that speak of one image, and why a whole directory of images has no use for them. */
const OF_ONE: Partial<Record<Name, string>> = {
  config: 'a config is one image, and --changed looks for all of them',
  tag: 'a name is for one image',
  meta: 'a file is for one image',
  archive: 'a file is for one image',
  dockerfile: 'a build context is for one image',
  withoutVendorDisk: "not every image has a vendor's disk",
}

/** What has no effect where image.meta.yaml is only printed. */
const PUBLISHING: readonly Name[] = [
  'tag',
  'output',
  'load',
  'archive',
  'to',
  'preview',
  'dockerfile',
  'changed',
  'redistribute',
  'withoutVendorDisk',
]

/** What is done with a whole image only. */
const OF_WHOLE: Partial<Record<Name, string>> = {
  redistribute: 'one leaves out what the other passes on',
  load: 'an engine runs only whole images',
  archive: 'an engine runs only whole images',
  dockerfile: 'a build context is for a whole image',
}

/** A name as it is typed. */
const typed = (name: Name): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

/** Refuses options that cannot be meant together. Throws OPTIONS_CONTRADICT. */
export const checkOptions = (options: PublishOptions): void => {
  const given = (name: Name) => options[name] !== undefined
  if (options.meta === '-') {
    const other = PUBLISHING.find(given)
    const reason = 'with - image.meta.yaml is only printed and nothing is published'
    const hint = 'Name a file, as in --meta image.meta.yaml, or leave the other option out.'
    if (other) throw errors.optionsContradict('--meta -', typed(other), reason, hint)
  }
  if (options.withoutVendorDisk)
    for (const [name, reason] of Object.entries(OF_WHOLE))
      if (given(name as Name))
        throw errors.optionsContradict(
          '--without-vendor-disk',
          typed(name as Name),
          reason,
          'Publish it twice: whole for this machine, without the disk for others.',
        )
  if (!given('changed')) return
  for (const [name, reason] of Object.entries(OF_ONE)) {
    if (!given(name as Name)) continue
    const hint =
      name === 'tag'
        ? 'Each image keeps its own name; give the tag by --preview, or at the end of --to.'
        : `Publish one image with ${typed(name as Name)}: \`antidote -C <dir> publish\`.`
    throw errors.optionsContradict('--changed', typed(name as Name), reason, hint)
  }
}
