import { basename } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { outputFile } from './output-file.ts'
import type { Check } from './preflight.ts'

/** A file for `podman load`, which takes what follows a colon for the name of an image. */
export const archive =
  (option: string, path: string): Check =>
  async (signal) => {
    if (basename(path).includes(':'))
      throw errors.outputUnusable(
        option,
        path,
        '`podman load` would not take a file with a colon in its name',
      )
    return outputFile(option, path)(signal)
  }
