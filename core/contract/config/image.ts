import type { Plugin } from '../plugin/plugin.ts'
import type { ImageInput } from './input.ts'
import type { ImageConfig } from './schema.ts'

/** An image as the core works with it: its config checked, its plugins in one list. */
export interface Image {
  readonly name: string
  readonly directory: string
  readonly file: string
  readonly config: ImageConfig
  readonly plugins: readonly Plugin[]
  /** It is built elsewhere and only known by its name: its endpoints can be configured, and nothing else. */
  readonly elsewhere?: true
}

/** Describes an image; the default export of an antidote.config.ts. Gives back what it is given, typed. */
export const defineImage = (image: ImageInput): ImageInput => image
