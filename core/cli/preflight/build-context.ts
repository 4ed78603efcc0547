import { dirname } from 'node:path'
import { errors } from '../../base/errors/catalogue.ts'
import { replaceable } from '../../publish/oci/dockerfile.ts'
import { nearestAbove, unwritable } from './paths.ts'
import type { Check } from './preflight.ts'

/** A directory for `docker build`: it is new, empty or one of ours, and the one above it takes it. */
export const buildContext =
  (option: string, path: string): Check =>
  async () => {
    if (!(await replaceable(path))) throw errors.dockerfileOccupied(path)
    // it takes the place of what is there
    const reason = unwritable(nearestAbove(dirname(path)))
    if (reason) throw errors.outputUnusable(option, path, reason)
    return []
  }
