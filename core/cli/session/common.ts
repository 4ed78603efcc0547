import type { Image } from '../../contract/config/image.ts'
import { loadImage } from '../loader/load.ts'
import { tell, tellDocument } from '../terminal/output.ts'

/** The options that every verb has. */
export interface GlobalOptions {
  directory?: string
  config?: string
  json?: boolean
  verbose?: boolean
}

/** The image that a command line means. */
export const findImage = (options: GlobalOptions): Promise<Image> =>
  loadImage({ directory: options.directory, file: options.config })

/** Prints a result: JSON for programs, text for people. */
export const print = (options: GlobalOptions, data: unknown, text: () => string): void => {
  if (options.json) tellDocument(data)
  else tell(text())
}
