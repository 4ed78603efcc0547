import { errors } from '../../base/errors/catalogue.ts'
import { nearestAbove, unwritable } from './paths.ts'
import type { Check } from './preflight.ts'

/** A directory that is written at the end: it takes files, or can be made. */
export const outputDirectory =
  (option: string, path: string): Check =>
  async () => {
    const reason = unwritable(nearestAbove(path))
    if (reason) throw errors.outputUnusable(option, path, reason)
    return []
  }
